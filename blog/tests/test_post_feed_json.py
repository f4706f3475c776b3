import pytest
from django.conf import settings
from django.urls import reverse

from blog import feeds
from blog.tests.factories import NOON, PostFactory

pytestmark = pytest.mark.django_db
URL = reverse("blog:post_feed_json")


def test_it_is_a_json_feed_with_everything_of_a_post(client):
    post = PostFactory(title="Bread", body="Some *words* [there](/x).", published_at=NOON, tags=2)
    site = settings.SITE_URL

    response = client.get(URL)

    assert response.headers["Content-Type"] == "application/feed+json; charset=utf-8"
    assert response.json() == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": settings.SITE_NAME,
        "home_page_url": f"{site}/",
        "feed_url": f"{site}/feed.json",
        "description": "The latest posts on Bloggy",
        "language": "en",
        "items": [
            {
                "id": f"{site}/post/{post.pk}",
                "url": f"{site}{post.get_absolute_url()}",
                "title": "Bread",
                "content_html": f'<div dir="auto"><p>Some <em>words</em> <a href="{site}/x">there</a>.</p>\n</div>',
                "summary": "Some words there.",
                "date_published": "2024-05-01T12:00:00+00:00",
                "date_modified": post.updated_at.isoformat(),
                "authors": [
                    {
                        "name": post.author.public_name,
                        "url": f"{site}/author/{post.author_id}/{post.author.public_slug}/",
                    }
                ],
                "tags": [tag.name for tag in post.tags.all()],
            }
        ],
    }


def test_a_post_that_is_too_long_has_its_summary_as_text(client, monkeypatch):
    monkeypatch.setattr(feeds, "CONTENT_BYTES", 10)
    PostFactory(body="Some words.")

    (item,) = client.get(URL).json()["items"]

    assert "content_html" not in item
    assert item["content_text"] == "Some words."


def test_it_costs_two_queries(client, django_assert_num_queries):
    PostFactory.create_batch(5, tags=2)

    with django_assert_num_queries(2):  # the version; posts with authors and tags
        client.get(URL)


def test_who_has_it_gets_304(client):
    PostFactory()

    etag = client.get(URL).headers["ETag"]

    assert client.get(URL, headers={"if-none-match": etag}).status_code == 304
