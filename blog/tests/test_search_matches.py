"""Which matches a search finds, and how PostgreSQL finds them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from psycopg.errors import QueryCanceled

from blog.models import Post
from blog.search import matches, results
from blog.tests.factories import NOON, CommentFactory, PostFactory, TagFactory, UserFactory
from blog.tests.test_search import URL, found, text_of

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
    """Take every table for a large one of several parts, and a few rows for many."""
    for name, value in {"SMALL": -2, "WALK": 8, "MOST": 5, "SHARES": [0.9, 0.7, 0.3, 0], "FEW_SHARES": [0.6]}.items():
        monkeypatch.setattr(matches, name, value)
    monkeypatch.setattr(results, "MOST", 5)


def learn():
    """Let PostgreSQL see how many rows there are, and where the parts of a table lie."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE blog_post, blog_comment")


PLACES = [
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
]


@pytest.mark.parametrize("places", PLACES)
@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ("tomato", {}),
        ("tomat", {}),
        ("tomato", {"tag": "red"}),
        ("tomato", {"author": 10**6}),
        ("tomato", {"year": 2024}),
    ],
)
def test_wherever_the_matches_lie_the_newest_are_found(client, eager, places, filters, query):
    author, tag = UserFactory(pk=10**6), TagFactory(slug="red")
    for place in range(20, 0, -1):  # place 0 is the newest
        body, when = "tomato" if place - 1 in places else "bread", datetime(2024, 12, 24, tzinfo=UTC)
        PostFactory(
            title=f"{place - 1}", body=body, author=author, tags=[tag], published_at=when - timedelta(weeks=place)
        )
    if filters:
        PostFactory(title="99", body="tomato", published_at=NOON.replace(year=1970))  # what each filter leaves out
    learn()

    response = client.get(URL, {"q": query} | filters)

    assert [int(post.title) for post in response.context["results"].rows] == places[:5]
    assert response.context["results"].is_more == (len(places) > 5)


@pytest.mark.parametrize("places", PLACES)
def test_wherever_the_comments_lie_the_newest_are_found(client, eager, places):
    posts = [PostFactory(title=f"{place}", published_at=NOON.replace(minute=59 - place)) for place in range(20)]
    for place in range(20):
        CommentFactory(pk=10**6 - 5000 * place, post=posts[place], body="tomato" if place in places else "bread")
    learn()

    assert sorted(int(title) for title in found(client, "tomato")) == places[:5]


def test_a_date_far_off_does_not_hide_the_others(client, eager):
    PostFactory(title="Tomato of the year 1", published_at=datetime(1, 1, 2, tzinfo=UTC))
    PostFactory(title="Tomato to come", published_at=datetime(9999, 12, 30, tzinfo=UTC))
    for week in range(20):
        PostFactory(title="Bread", published_at=NOON - timedelta(weeks=week))
    PostFactory(title="Tomato", published_at=NOON)
    learn()

    assert found(client, "tomato") == ["Tomato", "Tomato of the year 1"]


MANY = """
INSERT INTO blog_post (author_id, title, slug, body, body_format, body_html, renderer, words, summary, excerpt,
                       published_at, created_at, updated_at, comments_open, version)
SELECT %s, 'Tomato ' || n, 'many-' || n, 'bread', 'plain', '', 0, 0, '', '', now() - n * interval '1 day',
       now(), now(), true, 1
FROM generate_series(1, 25000) n
"""


def make_many():
    author = UserFactory()
    with connection.cursor() as cursor:
        cursor.execute(MANY, [author.pk])


def looks(client):
    """Return the results of a search for tomatoes, and how often it looked into the index: in parts and in the rest."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(URL, {"q": "tomato"})
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + queries[0]["sql"])
        ((plan,),) = cursor.fetchall()
    scans = [node for node in nodes(plan[0]["Plan"]) if node.get("Index Name") == "blog_post_words"]
    in_parts = next(scan["Actual Loops"] for scan in scans if "parts.places" in scan["Index Cond"])
    in_rest = next(scan["Actual Loops"] for scan in scans if "parts.places" not in scan["Index Cond"])
    return response.context["results"], in_parts, in_rest


def test_a_frequent_word_is_looked_for_in_the_newest_parts_alone(client):
    make_many()
    learn()

    found, in_parts, in_rest = looks(client)

    assert found.is_more
    assert in_parts in (3, 4)  # of 22
    assert in_rest == 0


def test_where_all_posts_are_of_one_date_the_index_is_looked_into_once(client, monkeypatch):
    monkeypatch.setattr(matches, "SMALL", -2)
    PostFactory.create_batch(9, title="Tomato", published_at=NOON)
    learn()  # one date alone has no bounds between parts

    found, in_parts, in_rest = looks(client)

    assert found.count == 9
    assert (in_parts, in_rest) == (0, 1)


def test_an_id_far_off_makes_no_array_that_memory_cannot_hold(client, eager):
    post = PostFactory()
    for pk in (1, 2, 3, 4096 * 10**8):
        CommentFactory(pk=pk, post=post, body="tomato")
    learn()

    assert found(client, "tomato") == [post.title]


@pytest.mark.parametrize("index", ["blog_post_words", "blog_comment_words"])
def test_no_list_of_new_words_stands_before_an_index(index):
    CommentFactory(body="tomato")

    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [index])
        assert cursor.fetchone() == (0,)  # pages that each scan, of which a search makes dozens, would read through


def nodes(plan):
    """Return a plan's nodes, as EXPLAIN tells them in JSON."""
    return [plan, *(node for part in plan.get("Plans", []) for node in nodes(part))]


def test_a_search_that_takes_too_long_is_told_what_to_do(client):
    PostFactory(title="Tomato")
    too_long = OperationalError()
    too_long.__cause__ = QueryCanceled()

    def cancel(*_args):
        raise too_long

    with connection.execute_wrapper(cancel):
        response = client.get(URL, {"q": "tomato"})

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "This search takes too long" in text_of(response)
