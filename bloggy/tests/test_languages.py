import re

import pytest
from django.conf import settings
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django.utils.translation import gettext, override

from accounts.views import PasswordResetView
from blog.tests.factories import NOON, CommentFactory, PostFactory, UserFactory
from bloggy.languages import KNOWN, checked
from bloggy.tests.test_settings import value_of


@pytest.mark.parametrize(
    ("given", "code"),
    [("de", "de"), ("pt-br", "pt-br"), ("pt_BR", "pt-br"), ("DE-AT", "de-at"), ("zh-Hans", "zh-hans"), ("ar", "ar")],
)
def test_every_language_of_django_and_its_regions_are_taken(given, code):
    assert checked(given) == code


@pytest.mark.parametrize("given", ["xx", "german", "de-", "de-1", "de-aut", "-at", "de at", "de-ät", "\0", "de-at-x"])
def test_anything_else_is_refused_with_examples_and_not_with_a_hundred_codes(given):
    with pytest.raises(ImproperlyConfigured, match=r"^SITE_LANGUAGE must be the code of a language .{,120}$"):
        checked(given)


def test_django_translates_itself_into_each_of_them():
    assert len(KNOWN) > 90
    for code in KNOWN:
        with override(code):
            assert gettext("Log out")
    with override("de-at"):
        assert gettext("Log out") == "Abmelden"


@pytest.mark.parametrize(("code", "date"), [("de", "2. Mai 2024"), ("de-at", "2. Mai 2024"), ("ar", "2 مايو، 2024")])
def test_dates_follow_the_sites_language(code, date):
    shown = "__import__('django').setup() or __import__('django.utils.formats').utils.formats.date_format"

    assert value_of(f"({shown}(__import__('datetime').date(2024, 5, 2)))", SITE_LANGUAGE=code) == date


@pytest.mark.django_db
def test_german_pages_are_german_to_their_dates(client):
    comment = CommentFactory(post__published_at=NOON, created_at=NOON)

    with override("de"):
        page = client.get(comment.post.get_absolute_url()).content.decode()

    assert '<html lang="de">' in page
    assert "1. Mai 2024</time>" in page
    assert ">1. Mai 2024 12:00 UTC</time>" in page  # the comment's
    assert 'datetime="2024-05-01T12:00:00+0000"' in page
    assert "1 Kommentar<" in page


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "attributes"), [("ar", 'lang="ar" dir="rtl"'), ("he", 'lang="he" dir="rtl"')])
def test_right_to_left_languages_turn_the_page(client, code, attributes):
    with override(code):
        page = client.get("/").content.decode()

    assert f"<html {attributes}>" in page


@pytest.mark.django_db
def test_the_months_of_the_archive_and_its_counts_are_in_the_sites_language(client):
    PostFactory.create_batch(2, published_at=NOON)

    with override("de"):
        page = client.get(reverse("blog:archive")).content.decode()

    assert ">Mai</a>" in page
    assert "2 Beiträge" in page


@pytest.mark.django_db
def test_feeds_say_their_language_and_keep_their_dates_for_machines(client):
    PostFactory(published_at=NOON)

    with override("de"):
        feed = client.get(reverse("blog:post_feed_rss")).content.decode()
        comments = client.get(reverse("blog:comment_feed")).content.decode()

    assert "<language>de</language>" in feed
    assert "Die neuesten Beiträge auf Bloggy" in feed
    assert "<title>Kommentare auf Bloggy</title>" in comments
    assert "<pubDate>Wed, 01 May 2024 12:00:00 +0000" in feed


@pytest.mark.django_db
def test_a_mail_is_in_the_sites_language_from_a_blog_of_any_name(client, monkeypatch):
    monkeypatch.setitem(PasswordResetView.extra_email_context, "site_name", "ספר")
    user = UserFactory()

    with override("de"):
        client.post(reverse("password_reset"), {"email": user.email})

    (sent,) = mail.outbox
    assert sent.subject == "Neues Passwort für ספר"
    assert "Öffnen Sie innerhalb eines Tages diesen Link" in sent.body
    assert b"Subject: =?utf-8?" in sent.message().as_bytes()


@pytest.mark.django_db
def test_what_a_browser_asks_for_changes_nothing(client):
    german = client.get("/", headers={"Accept-Language": "de"})

    assert '<html lang="en">' in german.content.decode()
    assert "Accept-Language" not in german.headers.get("Vary", "")


def test_the_stylesheet_speaks_of_starts_and_ends_not_of_left_and_right():
    style = (settings.BASE_DIR / "static" / "css" / "bloggy.css").read_text()

    assert re.findall(r"^.*\b(?:left|right)\b.*[;{]$", style, re.MULTILINE) == [
        "  text-align: left;",  # code
        ".align-right {",
        "  text-align: right;",  # as its author says
    ]
