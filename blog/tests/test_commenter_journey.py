"""A commenter in Chromium: signs up on the way to a comment, writes it, finds it, deletes it; and loses no word."""

import re

import pytest
from playwright.sync_api import expect

from blog.models import Comment, Post
from blog.tests.factories import PostFactory

pytestmark = pytest.mark.browser
PASSWORD = "a good long one"


@pytest.fixture
def post(transactional_db):
    return PostFactory(slug="bread", title="Bread")


def sign_up(page):
    page.goto("/post/bread/")
    page.get_by_role("link", name="sign up").click()
    page.get_by_label("E-mail address").fill("Rea@example.com")
    page.get_by_label("First name").fill("Rea")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page).to_have_url(re.compile("/post/bread/#comment-new$"))


def write(page, text):
    page.get_by_label("Your comment").fill(text)
    page.get_by_role("button", name=re.compile("Send|Log in and send")).click()


@pytest.mark.parametrize("width", [390, 1280])
def test_sign_up_comment_log_out_log_in_delete(page, post, complaints, width):
    page.set_viewport_size({"width": width, "height": 900})

    sign_up(page)
    write(page, "Well *said*.")
    comment = page.locator(".comment")
    expect(page).to_have_url(re.compile(r"#comment-\d+$"))
    expect(comment).to_contain_text("Rea")
    expect(comment.locator("em")).to_have_text("said")
    assert comment.evaluate("element => element.matches(':target')")

    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are logged out")
    page.goto("/post/bread/")
    expect(comment).to_contain_text("Well said.")
    expect(page.get_by_role("link", name="Delete")).to_have_count(0)

    page.get_by_role("link", name="Log in to comment").click()
    page.get_by_label("E-mail address").fill("rea@EXAMPLE.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Remember me on this device").check()
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile("/post/bread/#comment-new$"))

    page.get_by_role("link", name="Delete").click()
    expect(page.locator("blockquote")).to_contain_text("Well said.")
    page.get_by_role("button", name="Delete it").click()
    expect(page).to_have_url(re.compile("/post/bread/#comments$"))
    expect(page.get_by_role("heading", name="No comments yet")).to_be_visible()
    assert not Comment.objects.exists()
    assert complaints == []


def test_a_double_click_posts_once(page, post):
    sign_up(page)

    page.get_by_label("Your comment").fill("Once.")
    page.get_by_role("button", name="Send").dblclick()

    expect(page.locator(".comment")).to_have_count(1)
    assert Comment.objects.count() == 1


def test_no_word_is_lost_when_it_is_too_long_the_log_in_is_over_or_the_post_closes(page, post):
    sign_up(page)

    write(page, "x" * 5001)
    expect(page.get_by_text("A comment has at most 5000 characters; this one has 5001.")).to_be_visible()
    expect(page.get_by_label("Your comment")).to_have_value("x" * 5001)

    page.goto("/post/bread/")
    page.context.clear_cookies()
    write(page, "My words.")
    expect(page.get_by_label("Your comment")).to_have_value("My words.")
    page.get_by_label("E-mail address").fill("rea@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in and send").click()  # the token is new, too
    expect(page.locator(".comment")).to_contain_text("My words.")

    Post.objects.update(comments_open=False)
    write(page, "More words.")
    expect(page.get_by_text("were closed in the meantime")).to_be_visible()
    expect(page.get_by_label("Your comment")).to_have_value("More words.")
    assert Comment.objects.count() == 1
