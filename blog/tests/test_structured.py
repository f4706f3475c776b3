import json

import pytest
from django.conf import settings

from blog.structured import data_block
from blog.tests.factories import NOON, PostFactory, UserFactory

pytestmark = pytest.mark.django_db
START, END = '<script type="application/ld+json">', "</script>"


def block(page):
    """Return the one block of data in a page."""
    assert page.count("<script") == page.count("</script") == 1
    return page.partition(START)[2].partition(END)[0]


def test_a_post_is_described_with_all_that_google_recommends(client):
    author = UserFactory(first_name="Ada", last_name="Byron")
    post = PostFactory(title="Bread", body="Some words. ![b](/bread.png)", author=author, published_at=NOON, tags=1)
    site = settings.SITE_URL

    data = json.loads(block(client.get(post.get_absolute_url()).content.decode()))

    assert data == {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "mainEntityOfPage": {"@type": "WebPage", "@id": site + post.get_absolute_url()},
        "url": site + post.get_absolute_url(),
        "headline": "Bread",
        "description": post.excerpt,
        "image": f"{site}/bread.png",
        "datePublished": "2024-05-01T12:00:00+00:00",
        "dateModified": post.updated_at.isoformat(timespec="seconds"),
        "author": {"@type": "Person", "name": "Ada Byron", "url": f"{site}/author/{author.pk}/ada-byron/"},
        "publisher": {
            "@type": "Organization",
            "name": "Bloggy",
            "url": site,
            "logo": {"@type": "ImageObject", "url": f"{site}/static/icon-512.png"},
        },
        "keywords": [post.tags.get().name],
        "wordCount": post.words,
    }


@pytest.mark.parametrize(
    "text", ["</script><script>alert(1)</script>", "<!--<script>", "a\u2028b\u2029c", "\\\"'&amp;"]
)
def test_no_text_ends_or_breaks_the_block(client, text):
    post = PostFactory(title=text, summary=text, author__first_name=text, tags=1)
    post.tags.update(name=text)

    found = block(client.get(post.get_absolute_url()).content.decode())

    assert not set(found) & set("<>&\u2028\u2029")
    assert json.loads(found)["headline"] == text
    assert json.loads(data_block({"a": text}).removeprefix(START).removesuffix(END)) == {"a": text}


@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_what_is_not_published_is_described_to_nobody(admin, state):
    page = admin.get(PostFactory(**{state: True}).get_absolute_url()).content.decode()

    assert "ld+json" not in page
    assert "og:" not in page
