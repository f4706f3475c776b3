"""A moderator in Chromium: hides a comment on its page and shows it again, then the same in bulk in the admin."""

import pytest
from playwright.sync_api import expect

from accounts.tests.factories import PASSWORD
from blog.tests.factories import CommentFactory, PostFactory, UserFactory

pytestmark = pytest.mark.browser


def test_a_comment_is_hidden_and_shown_on_the_page_and_in_bulk(page, browser, site, transactional_db, complaints):
    UserFactory(email="mo@example.com", is_staff=True, groups=["Moderators"], on_site=True)
    post = PostFactory(slug="bread")
    CommentFactory(post=post, body="Kind."), CommentFactory(post=post, body="Rude.")
    reader = browser.new_context(base_url=site).new_page()

    def readers_see():
        reader.goto("/post/bread/")
        return reader.locator(".comment__body").all_inner_texts()

    page.goto("/accounts/login/?next=/post/bread/")
    page.get_by_label("E-mail address").fill("mo@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    rude = page.locator(".comment", has_text="Rude.")
    rude.get_by_role("button", name="Hide").click()
    expect(rude).to_contain_text("Hidden: readers cannot see this comment.")
    assert readers_see() == ["Kind."]

    rude.get_by_role("button", name="Show").click()
    expect(rude.get_by_role("button", name="Hide")).to_be_visible()
    assert readers_see() == ["Kind.", "Rude."]

    page.get_by_role("link", name="Admin").click()
    page.get_by_role("link", name="Comments", exact=True).first.click()
    page.get_by_label("Select all objects on this page for an action").check()
    page.get_by_label("Action:").select_option(label="Take the selected comments off their pages")
    page.get_by_role("button", name="Run").or_(page.get_by_role("button", name="Go")).click()
    expect(page.get_by_text("2 comments changed.")).to_be_visible()
    assert readers_see() == []
    reader.context.close()
    assert complaints == []
