import re

import pytest

from blog.archive_views import TITLES_A_PAGE
from blog.tests.factories import PostFactory, UserFactory
from blog.tests.test_archive import counts, post_at, shown

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"


def listed(response):
    """Return the titles in a short list of posts."""
    return re.findall(r'<li>\s*<a href="/post/[^"]+" dir="auto">([^<]+)</a>', shown(response))


def test_it_shows_the_years_titles_newest_first_and_its_months(client):
    post_at(2023, 12, 31, 23, 59, 59)
    old, new = post_at(2024, 1, 1), post_at(2024, 12, 31, 23, 59, 59)
    post_at(2025, 1, 1)

    response = client.get("/archive/2024/")

    assert listed(response) == [new.title, old.title]
    assert counts(response) == [("/archive/2024/12/", 1), ("/archive/2024/1/", 1)]
    assert "<h1>2024</h1>" in shown(response)


def test_it_costs_three_queries_for_many_authors_and_tags(client, django_assert_num_queries):
    PostFactory.create_batch(5, tags=2)

    with django_assert_num_queries(3):  # the version; numbers of posts by month, posts with authors
        response = client.get("/archive/2024/")

    assert len(listed(response)) == 5


def test_pages_lead_there_and_back(client):
    author = UserFactory()
    posts = PostFactory.create_batch(TITLES_A_PAGE + 2, author=author)
    first = client.get("/archive/2024/")

    older = client.get("/archive/2024/", {"before": first.context["page"].before})
    newer = client.get("/archive/2024/", {"after": older.context["page"].after})

    assert listed(older) == [posts[1].title, posts[0].title]
    assert listed(newer) == listed(first)
    assert f"{TITLES_A_PAGE + 2} posts" in shown(older)


@pytest.mark.parametrize("path", ["2023", "0000", "0001", "9999", "24", "02024", "٢٠٢٤", "x", "%00"])
def test_a_year_without_a_post_is_not_found(client, path):
    post_at(2024, 1, 1)
    PostFactory(draft=True)

    assert client.get(f"/archive/{path}/").status_code == 404


def test_a_year_with_a_scheduled_post_alone_is_not_found_yet(client):
    post = PostFactory(scheduled=True)

    assert client.get(f"/archive/{post.published_at.year}/").status_code == 404


@pytest.mark.parametrize("query", ["before=x", "after=1", "before=1-1&after=1-1"])
def test_a_malformed_cursor_is_not_found(client, query):
    PostFactory()

    assert client.get(f"/archive/2024/?{query}").status_code == 404


def test_beyond_the_years_posts_there_is_a_way_back(client):
    PostFactory()

    response = client.get("/archive/2024/", {"before": "0-0"})

    assert b"There are no posts beyond this point." in response.content


def test_hostile_text_is_text(client):
    PostFactory(title=HOSTILE, author__first_name=HOSTILE)

    response = client.get("/archive/2024/")

    assert "<script" not in shown(response)
    assert shown(response).count("&lt;script&gt;") == 2
