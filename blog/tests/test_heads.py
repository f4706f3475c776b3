"""What the heads of pages tell: whose address it is, its neighbours, its feeds, and how a link to it looks."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.urls import reverse

from blog import archive_views
from blog.tests.factories import PostFactory, TagFactory, UserFactory

pytestmark = pytest.mark.django_db
SITE = settings.SITE_URL
FEEDS = ["/feed/", "/feed/rss/", "/feed.json"]


def head(response):
    return response.content.decode().partition("</head>")[0]


def links(response, rel):
    """Return the addresses of a page's links of a kind."""
    return [unescape(found) for found in re.findall(rf'<link rel="{rel}"[^>]* href="([^"]+)"', head(response))]


def card(response):
    """Return a page's card: its properties and their values."""
    found = re.findall(r'<meta (?:property|name)="((?:og|article|twitter):[^"]+)" content="([^"]*)">', head(response))
    return {name: unescape(value) for name, value in found}


@pytest.fixture
def lists():
    """The addresses of three lists of 25 posts."""
    tag, author = TagFactory(name="Käse", slug="käse"), UserFactory(first_name="Ada", last_name="Byron")
    PostFactory.create_batch(25, author=author, tags=[tag])
    author_page = reverse("blog:author_detail", args=[author.pk, author.public_slug])
    return {"/": "Bloggy", tag.get_absolute_url(): "Käse", author_page: "Ada Byron"}


def test_every_page_of_a_list_names_its_own_address_and_its_neighbours(client, lists):
    for address in lists:
        first = client.get(address, {"utm_source": "x"})
        (older,) = links(first, "next")
        second = client.get(f"{address}{older}&utm_source=x")
        (newer,) = links(second, "prev")
        again = client.get(address + newer)

        assert links(first, "canonical") == [SITE + address]
        assert links(first, "prev") == []
        assert links(second, "canonical") == [SITE + address + older]
        assert len(links(second, "next")) == 1
        assert links(again, "canonical") == [SITE + address]  # the first page, as it turns out


@pytest.mark.parametrize(("address", "title"), [("/archive/2024/", "2024"), ("/archive/2024/5/", "May 2024")])
def test_pages_of_the_archive_name_their_own_address_and_their_neighbours(client, monkeypatch, address, title):
    monkeypatch.setattr(archive_views, "TITLES_A_PAGE", 1)
    PostFactory.create_batch(2)

    first = client.get(address, {"utm_source": "x"})
    (older,) = links(first, "next")
    second = client.get(address + older)

    assert [links(page, "canonical") for page in (first, second)] == [[SITE + address], [SITE + address + older]]
    assert len(links(second, "prev")) == 1
    assert (card(first)["og:title"], card(first)["og:description"]) == (title, f"Posts of {title}")


@pytest.mark.parametrize(("address", "title"), [("/archive/", "Archive"), ("/tags/", "Tags")])
def test_overviews_name_their_own_address_and_have_a_card(client, address, title):
    response = client.get(address, {"utm_source": "x"})

    assert links(response, "canonical") == [SITE + address]
    assert (card(response)["og:title"], card(response)["og:url"]) == (title, SITE + address)


def test_beyond_the_end_of_a_list_is_nothing_for_search_engines(client):
    PostFactory()

    response = client.get("/?before=0-0")

    assert links(response, "canonical") == []
    assert "noindex" in head(response)


def test_a_list_has_a_card(client, lists):
    for address, title in lists.items():
        found = card(client.get(address))

        assert found["og:title"] == title
        assert title in found["og:description"]
        assert found["og:type"] == "website"
        assert found["og:url"] == SITE + address
        assert found["og:image"] == f"{SITE}/static/icon-512.png"
        assert found["twitter:card"] == "summary"


def test_a_post_has_a_card_with_its_first_picture(client):
    post = PostFactory(title='"Bread"', slug="größe", body="Some words. ![b](b.png)", tags=1)

    found = card(client.get(post.get_absolute_url()))

    assert found == {
        "og:site_name": "Bloggy",
        "og:type": "article",
        "og:title": '"Bread"',
        "og:description": "Some words.",
        "og:url": f"{SITE}/post/gr%C3%B6%C3%9Fe/",
        "og:image": f"{SITE}/post/gr%C3%B6%C3%9Fe/b.png",
        "twitter:card": "summary_large_image",
        "article:published_time": post.published_at.isoformat(timespec="seconds"),
        "article:modified_time": post.updated_at.isoformat(timespec="seconds"),
        "article:tag": post.tags.get().name,
    }


def test_every_page_leads_to_the_feeds_of_the_site(client):
    post = PostFactory(tags=1)

    for address in ("/", post.get_absolute_url(), reverse("login"), "/nope/"):
        assert links(client.get(address), "alternate")[:3] == FEEDS


def test_every_page_has_its_language_an_icon_a_manifest_and_a_colour_for_each_scheme(client):
    page = client.get("/").content.decode()

    assert '<html lang="en">' in page
    assert links(client.get("/"), "icon") == ["/static/favicon.svg"]
    assert links(client.get("/"), "manifest") == ["/manifest.webmanifest"]
    css = (settings.BASE_DIR / "static/css/bloggy.css").read_text()
    papers = re.findall(r"--paper: (#\w+);", css)[:2]
    schemes = ["(prefers-color-scheme: light)", "(prefers-color-scheme: dark)"]
    assert re.findall(r'<meta name="theme-color" content="(#\w+)" media="([^"]+)">', page) == list(
        zip(papers, schemes, strict=True)
    )
