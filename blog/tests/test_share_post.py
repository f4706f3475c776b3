import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from blog.sharing import mail_link
from blog.tests.factories import PostFactory

ADDRESS = "https://blog.example/post/%D0%B4/"


def parts(link):
    """Return what a mailto: address says."""
    split = urlsplit(link)
    assert (split.scheme, split.path, link.isascii()) == ("mailto", "", True)
    return parse_qs(split.query, strict_parsing=True)


@pytest.mark.parametrize("title", ["Bread", "Brot & Öl = 1 + 1?", "День 🎈 #1", 'a"><script>', "100 % 汉字"])
def test_a_mail_bears_the_title_and_the_address(title):
    assert parts(mail_link(title, ADDRESS)) == {"subject": [title], "body": [ADDRESS]}


def test_a_title_adds_no_line_to_the_mail():
    link = mail_link("a\r\nBcc: b@c.example\n\nd", ADDRESS)

    assert parts(link)["subject"] == ["a Bcc: b@c.example d"]
    assert "%0A" not in link
    assert "%0D" not in link


def test_a_long_title_is_cut():
    (subject,) = parts(mail_link("ж" * 512, ADDRESS))["subject"]

    assert subject == "ж" * 99 + "…"


@pytest.mark.django_db
def test_a_posts_page_shows_its_full_address_and_a_mail_with_it(client, settings):
    settings.SITE_URL = "https://blog.example"
    post = PostFactory(slug="день", title='A "title" & <b>')

    page = client.get("/post/день/").content.decode()

    found = re.search(r'<p class="share"><a href="([^"]+)" rel="bookmark" dir="auto">([^<]+)</a>', page)
    address = f"https://blog.example{post.get_absolute_url()}"
    assert found.groups() == (address, "https://blog.example/post/день/")
    mail = re.search(r'<a class="share__mail" href="([^"]+)">Send by e-mail</a>', page)[1]
    assert parts(unescape(mail)) == {"subject": [post.title], "body": [address]}


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_what_readers_cannot_see_is_not_to_be_shared(admin, state):
    assert b'class="share"' not in admin.get(PostFactory(**{state: True}).get_absolute_url()).content
