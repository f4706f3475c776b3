"""A reader of the old Bloggy in Chromium after the move: an old link, the old words and password, a new comment."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts.models import User
from blog.models import Comment
from blog.tests.legacy_files import PASSWORD, comment, old_file, post, user
from blog.tests.legacy_moves import bring

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("folder")]
TITLE = "第一篇 <script>document.title = 'taken over'</script>"
TEXT = "你好，世界\n\n<script>document.body.innerHTML = ''</script>\n*not emphasised* & <b>not bold</b>"


@pytest.fixture
def moved(transactional_db):
    bring(
        old_file(
            Path("with-comments.db"),
            users=[user(1), user(3, email="Doc@EmmettBrown.com", first_name="文", last_name="<i>Brown</i>")],
            posts=[post(1), post(42, title=TITLE, text=TEXT, user=3)],
            comments=[comment(5, post=42, text="說得好 <img src=x onerror=alert(1)>")],
        )
    )


@pytest.mark.parametrize("width", [390, 1280])
def test_an_old_link_leads_to_the_old_words_and_the_old_password_to_a_new_comment(page, moved, complaints, width):
    page.set_viewport_size({"width": width, "height": 900})

    page.goto("/post/42")
    expect(page).to_have_url(re.compile("/post/[^/]*%E7%AC%AC%E4%B8%80%E7%AF%87[^/]*/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    for line in TEXT.split("\n"):
        expect(page.locator("article")).to_contain_text(line)
    expect(page.locator("article")).to_contain_text("文 <i>Brown</i>")
    expect(page.locator(".comment")).to_contain_text("說得好 <img src=x onerror=alert(1)>")
    assert page.locator("body script, article b, article em, .comment img").count() == 0

    page.get_by_role("link", name="Log in to comment").click()
    page.get_by_label("E-mail address").fill("doc@emmettbrown.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("Your comment").fill("好久不見 — back at last.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".comment").last).to_contain_text("好久不見 — back at last.")

    assert list(Comment.objects.order_by("pk").values_list("pk", "post_id", "author_id")) == [(5, 42, 1), (6, 42, 3)]
    assert User.objects.get(pk=3).password.startswith("pbkdf2_sha256$")
    assert complaints == []
