"""Which matches a search finds, and how PostgreSQL finds them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blog.models import Post
from blog.search import matches, results
from blog.tests.factories import NOON, CommentFactory, PostFactory, TagFactory, UserFactory
from blog.tests.test_search import URL, found

pytestmark = pytest.mark.django_db


def test_only_the_newest_matches_are_counted_and_it_says_so(client, monkeypatch):
    monkeypatch.setattr(matches, "MOST", 4)
    monkeypatch.setattr(results, "MOST", 4)
    PostFactory(title="Tomato tomato oldest")
    PostFactory.create_batch(4, title="Bread", body="tomato")
    assert b"1,000+" in client.get(URL, {"q": "tomato"}).content

    Post.objects.filter(title="Bread").first().delete()

    assert client.get(URL, {"q": "tomato"}).context["results"].count == 4
    assert b"1,000+" not in client.get(URL, {"q": "tomato"}).content


@pytest.fixture
def eager(monkeypatch):
    """Take every table for a large one, and a few rows for the newest of them."""
    for name, value in {"SMALL": -2, "SAMPLE": 4, "FREQUENT": 2, "WALK": 8, "WINDOW": 12, "MOST": 5}.items():
        monkeypatch.setattr(matches, name, value)
    monkeypatch.setattr(results, "MOST", 5)


@pytest.mark.parametrize(
    "places",
    [
        [],
        [19],
        [0],
        [0, 1],
        list(range(20)),
        list(range(0, 20, 2)),
        [0, 1, 2, 3, 18, 19],
        [0, 1, 16, 17, 18, 19],
        [0, 3, 7, 8, 11, 15, 19],
        [5, 6, 7, 8, 9, 10, 11, 12],
    ],
)
@pytest.mark.parametrize("filters", [{}, {"tag": "red"}, {"author": 10**6}, {"year": 2024}])
def test_wherever_the_matches_lie_the_newest_are_found(client, eager, places, filters):
    author, tag = UserFactory(pk=10**6), TagFactory(slug="red")
    for place in range(20, 0, -1):  # place 0 is the newest
        body = "tomato" if place - 1 in places else "bread"
        post = PostFactory(title=f"{place - 1}", body=body, author=author, tags=[tag])
        CommentFactory(post=post, body="Yes.")

    response = client.get(URL, {"q": "tomato"} | filters)

    assert [int(post.title) for post in response.context["results"].rows] == places[:5]
    assert response.context["results"].is_more == (len(places) > 5)


@pytest.mark.parametrize("places", [[19], [0, 1, 2, 3], list(range(20)), [0, 1, 10, 19]])
def test_wherever_the_comments_lie_the_newest_are_found(client, eager, places):
    posts = [PostFactory(title=f"{place}", published_at=NOON.replace(minute=59 - place)) for place in range(20)]
    for place in reversed(range(20)):
        CommentFactory(post=posts[place], body="tomato" if place in places else "bread")

    assert sorted(int(title) for title in found(client, "tomato")) == places[:5]


MANY = """
INSERT INTO blog_post (author_id, title, slug, body, body_format, body_html, renderer, words, summary, excerpt,
                       published_at, created_at, updated_at, comments_open, version)
SELECT %s, 'Tomato ' || n, 'many-' || n, 'bread', 'plain', '', 0, 0, '', '', now() - n * interval '1 minute',
       now(), now(), true, 1
FROM generate_series(1, 5000) n
"""


def test_the_index_finds_a_word_however_frequent_the_planner_knows_it_to_be(client):
    author = UserFactory()
    with connection.cursor() as cursor:
        cursor.execute(MANY, [author.pk])
        cursor.execute("SELECT gin_clean_pending_list('blog_post_search')")  # as autovacuum does
        cursor.execute("ANALYZE blog_post")
    with CaptureQueriesContext(connection) as queries:
        response = client.get(URL, {"q": "tomato"})

    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + queries[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert response.context["results"].is_more
    assert "Bitmap Index Scan on blog_post_search" in plan, plan
    assert plan.count("One-Time Filter") == 8, plan  # sample, walked, near and indexed, of posts and of comments
