"""A stranger in Chromium, first without an account, then with one: tries what authors, moderators and others may."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from accounts.tests.factories import PASSWORD
from blog.models import Comment, Post
from blog.tests.factories import CommentFactory, PostFactory, UserFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def rows(transactional_db):
    draft, post = PostFactory(slug="draft", draft=True), PostFactory(slug="bread", title="Bread")
    return draft, post, CommentFactory(post=post, body="Not yours.")


def forbidden(draft, post, comment):
    """Return the addresses that are not a stranger's, of pages and of what forms are sent to."""
    admin = [f"/admin/blog/post/{post.pk}/{verb}/" for verb in ("change", "delete", "history")]
    admin += ["/admin/", "/admin/blog/post/", "/admin/blog/comment/", "/admin/accounts/user/", "/admin/auth/group/"]
    verbs = [f"/post/bread/comment/{comment.pk}/{verb}/" for verb in ("delete", "hide", "show")]
    return ["/post/draft/", f"/post/{draft.pk}", "/post/draft/comment/", *admin, *verbs]


def try_all(page, rows):
    """Open each address and send a form to it, with this visitor's own token; return what was shown of any."""
    page.goto("/accounts/password_reset/")
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    forged = {"csrfmiddlewaretoken": token, "post": "yes", "body": "Mine now.", "title": "Mine", "state": "removed"}
    shown = []
    for address in forbidden(*rows):
        headers = {"Referer": page.url}
        for answer in (page.request.get(address), page.request.post(address, form=forged, headers=headers)):
            is_log_in = re.search("/login/", answer.url)
            if answer.ok and not is_log_in:
                shown.append((address, answer.status, answer.url))
    return shown


def unchanged(rows):
    draft, post, comment = rows
    kept = Post.objects.get(pk=post.pk), Comment.objects.get(pk=comment.pk)
    states = kept[0].title, kept[1].body, kept[1].state, Post.objects.get(pk=draft.pk).published_at
    return states == ("Bread", "Not yours.", "visible", None)


def test_a_visitor_reaches_nothing_that_is_not_public(page, rows):
    assert try_all(page, rows) == []
    assert unchanged(rows)

    page.goto("/post/bread/")
    expect(page.get_by_role("link", name="Log in to comment")).to_be_visible()
    expect(page.locator("form")).to_have_count(0)


def test_an_account_alone_opens_nothing_more(page, rows):
    UserFactory(email="rea@example.com", on_site=True)
    page.goto("/accounts/login/?next=//evil.example/")
    page.get_by_label("E-mail address").fill("rea@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile(r"^http://127\.0\.0\.1:\d+/$"))

    assert try_all(page, rows) == []
    assert unchanged(rows)
    page.goto("/post/bread/")
    expect(page.get_by_role("link", name=re.compile("Delete|Edit"))).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("Hide|Show"))).to_have_count(0)

    page.goto("/accounts/profile/")  # a form with more fields than it has
    page.get_by_label("First name").fill("Mallory")
    page.evaluate(
        """() => { for (const name of ["is_staff", "is_superuser", "groups"]) {
          const field = document.createElement("input"); field.name = name; field.value = "1";
          document.querySelector("main form").append(field); } }"""
    )
    page.get_by_role("button", name="Save").click()
    user = User.objects.get(email="rea@example.com")
    assert (user.first_name, user.is_staff, user.is_superuser, user.groups.count()) == ("Mallory", False, False, 0)
