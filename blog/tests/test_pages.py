from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from blog.models import Post
from blog.pages import Cursor, PageForm, PreparedRows, page_of
from blog.tests.factories import NOON, PostFactory


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 2**63 - 1))
def test_a_cursor_survives_its_text(at, pk):
    assert Cursor.parse(str(Cursor(at, pk))) == Cursor(at, pk)


@pytest.mark.parametrize(
    ("text", "at"),
    [("0-5", datetime(1970, 1, 1, tzinfo=UTC)), ("-1000000-5", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC))],
)
def test_a_cursor_counts_microseconds_since_1970(text, at):
    assert Cursor.parse(text) == Cursor(at, 5)


@given(st.text(max_size=40) | st.from_regex(r"-?\d{0,30}-\d{0,30}", fullmatch=True))
def test_any_other_text_is_refused_and_nothing_else_happens(text):
    try:
        cursor = Cursor.parse(text)
    except ValueError:
        return
    assert Cursor.parse(str(cursor)) == cursor


@pytest.mark.parametrize(
    "query",
    ["x", "1", "1-", "-", "1-2-3", " 1-2", "1-2\n", "٣-٣", "1-99999999999999999999", "999999999999999999-1", "1-\0"],
)
def test_a_malformed_cursor_is_an_error(query):
    assert not PageForm({"before": query}).is_valid()


def test_both_directions_at_once_are_an_error():
    assert not PageForm({"before": "1-1", "after": "1-1"}).is_valid()


def walk(posts, size):
    """Return the pages from the newest to the oldest, then those back again, as lists of ids."""
    page = page_of(posts, size)
    pages = [page]
    while page.before:
        pages.append(page := page_of(posts, size, before=page.before))
    back = [page]
    while page.after:
        back.append(page := page_of(posts, size, after=page.after))
    return [[post.pk for post in page.rows] for page in pages], [[post.pk for post in page.rows] for page in back]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "posts_of_list", [Post.objects.published, lambda: PreparedRows(Post.objects.published, size=3)]
)
@pytest.mark.parametrize("count", [0, 1, 3, 4, 7])
def test_walking_there_and_back_shows_every_post_once_also_among_equal_dates(count, posts_of_list):
    posts = [PostFactory(published_at=NOON + timedelta(seconds=n // 5)) for n in range(count)]
    newest_first = [post.pk for post in sorted(posts, key=lambda post: (post.published_at, post.pk), reverse=True)]

    there, back = walk(posts_of_list(), size=3)

    assert [pk for page in there for pk in page] == newest_first
    assert back == there[::-1]


@pytest.mark.django_db
def test_a_new_post_moves_no_page_that_lies_behind():
    PostFactory.create_batch(7)
    first = page_of(Post.objects.published(), 3)
    second = page_of(Post.objects.published(), 3, before=first.before)

    PostFactory.create_batch(2)

    assert page_of(Post.objects.published(), 3, before=first.before) == second


@pytest.mark.django_db
def test_a_short_page_at_the_beginning_becomes_the_first_page():
    posts = PostFactory.create_batch(5)

    page = page_of(Post.objects.published(), 3, after=Cursor(posts[3].published_at, posts[3].pk))

    assert page == page_of(Post.objects.published(), 3)


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["before", "after"])
@pytest.mark.parametrize("chosen", [{}, {"author": 1}])
def test_a_page_begins_in_the_index_where_the_last_one_ended(way, chosen):
    cursor = Cursor(NOON, 5)
    with connection.cursor() as db:
        db.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")

    with CaptureQueriesContext(connection) as queries:
        page_of(Post.objects.published().filter(**chosen), 1, **{way: cursor})

    with connection.cursor() as db:
        db.execute("EXPLAIN " + queries[0]["sql"])
        plan = "\n".join(line for (line,) in db.fetchall())
    condition = plan.partition("Index Cond")[2].partition("\n")[0]
    assert "ROW(" in condition, plan
