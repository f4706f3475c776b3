"""A queryset whose SQL is written once."""

import threading
import time
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, DataError, ProgrammingError, connection, transaction
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from blog.models import Post
from blog.tests.factories import PostFactory
from bloggy.prepared import Prepared

pytestmark = pytest.mark.django_db


def titled(title):
    return Post.objects.for_titles().prefetch_related("tags").filter(title=title).order_by("pk")


def test_it_finds_what_the_queryset_finds_for_each_value(django_assert_num_queries):
    one, other = PostFactory(title="One", tags=2), PostFactory(title="Other", tags=1)
    prepared = Prepared(titled, "example")

    for post in (one, other):
        with django_assert_num_queries(2):  # posts with authors, tags
            (found,) = prepared(post.title)
            assert (found, found.author.public_name) == (post, post.author.public_name)
            tags = set(found.tags.all())
        assert tags == set(post.tags.all())
        assert found.get_deferred_fields() == titled(post.title)[0].get_deferred_fields()
    assert prepared("None of them") == []


def test_a_value_is_data_to_the_last_sign():
    hostile = "' OR 1=1 -- %s \\"
    post = PostFactory(title=hostile)
    PostFactory()

    assert Prepared(titled, "example")(hostile) == [post]


def test_its_sql_is_written_once(monkeypatch):
    def written_again(*args, **options):
        raise AssertionError("It was written again.")

    prepared = Prepared(lambda pk: Post.objects.filter(pk=pk), -1)
    assert prepared(1) == []
    monkeypatch.setattr(SQLCompiler, "as_sql", written_again)

    assert prepared(2) == []


def test_of_many_threads_one_writes_it(monkeypatch):
    prepared, written = Prepared(titled, "example"), []
    as_sql = SQLCompiler.as_sql

    def slowly(compiler, *args, **options):
        written.append(as_sql(compiler, *args, **options)[0])
        time.sleep(0.1)
        return as_sql(compiler, *args, **options)

    monkeypatch.setattr(SQLCompiler, "as_sql", slowly)

    def write():
        texts.append(prepared.written[1])
        connection.close()

    texts, threads = [], [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(written) == 1
    assert len(texts) == 4
    assert len(set(texts)) == 1


def test_each_thread_asks_by_its_own_connection():
    prepared, asked = Prepared(lambda pk: Post.objects.filter(pk=pk), -1), []
    prepared(1)

    def ask():
        asked.append(prepared.compiler(connection, [1]).connection is connection)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert asked == [True]
    assert prepared.written[0].connection is None


@pytest.fixture
def kept():
    """Return a connection of its own, in no transaction, with a table that nobody else sees."""
    kept = connection.copy()
    kept.settings_dict["CONN_MAX_AGE"] = None
    with kept.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE words (word varchar(5)); INSERT INTO words VALUES ('one')")
    yield kept
    kept.close()


def statements(kept):
    return kept.rows("SELECT statement, generic_plans + custom_plans FROM pg_prepared_statements ORDER BY 1")


def test_postgresql_plans_it_once_for_a_connection(kept):
    for word in ("one", "two", "three"):
        kept.rows("SELECT word FROM words WHERE word = %s", [word], prepare=True)
        kept.rows("SELECT word FROM words")
    Prepared(lambda pk: Post.objects.filter(pk=pk, title="100 %").values("pk"), -1).compiler(kept, [7]).execute_sql()

    (post, asked_once), (words, asked) = statements(kept)

    assert (words, asked, asked_once) == ("SELECT word FROM words WHERE word = $1", 3, 1)
    assert [sign in post for sign in ("$1", "= '100 %'", "$2")] == [True, True, False]


@pytest.mark.parametrize(
    "value", ["' OR 1=1 -- % %s $1 \\", "", "ä\u2028", 7, 2**40, 1.5, True, None, datetime(2026, 1, 2, 3, tzinfo=UTC)]
)
def test_prepared_or_not_a_value_comes_back_as_it_was(kept, value):
    typed = {str: "text", int: "bigint", float: "float8", bool: "boolean", datetime: "timestamptz"}.get(
        type(value), "text"
    )
    sql = f"SELECT %s::{typed}, '100 %%' WHERE %s::{typed} IS NOT DISTINCT FROM %s::{typed}"

    rows = [kept.rows(sql, [value] * 3, prepare=prepare) for prepare in (True, True, False)]

    assert rows == [[(value, "100 %")]] * 3


def test_what_postgresql_or_psycopg_refuses_is_one_of_djangos_errors_and_harms_nothing_else(kept):
    for sql, value in (("SELECT 1 / %s::int", 0), ("SELECT nothing_of_the_name", None), ("SELECT %s::text", "a\0b")):
        for _again in range(2):
            with pytest.raises(DatabaseError):
                kept.rows(sql, [value] if value is not None else None, prepare=True)

    with pytest.raises(ProgrammingError, match="no rows"):
        kept.rows("DELETE FROM words", prepare=True)
    assert kept.rows("SELECT 7", prepare=True) == [(7,)]


def test_a_date_is_read_or_refused_as_without_it(kept):
    def read(text, prepare):
        try:
            return kept.rows(f"SELECT '{text}'::timestamptz", prepare=prepare)
        except DataError as error:
            return str(error)

    for text in (
        *("2026-11-30 12:34:56.000007+00", "2026-07-30 12:00 Europe/Berlin", "9999-12-31 23:59:59.999999 UTC"),
        *("0001-01-01 UTC", "0001-12-31 UTC BC", "10000-01-01 UTC", "infinity", "-infinity"),
    ):
        assert read(text, prepare=True) == read(text, prepare=False)
        assert isinstance(read(text, prepare=True), str) or read(text, prepare=True)[0][0].tzinfo is UTC


def test_in_a_transaction_it_is_part_of_it(kept):
    kept.set_autocommit(False)
    kept.in_atomic_block = True  # as transaction.atomic() does
    kept.rows("INSERT INTO words VALUES ('two') RETURNING word", prepare=True)
    kept.rows("INSERT INTO words VALUES ('three') RETURNING word", prepare=True)
    kept.in_atomic_block = False
    kept.rollback()
    kept.set_autocommit(True)

    assert kept.rows("SELECT word FROM words", prepare=True) == [("one",)]


def test_behind_pgbouncer_nothing_is_prepared(settings):
    settings.DB_PGBOUNCER = True
    kept = connection.copy()

    assert kept.rows("SELECT %s", ["a word"], prepare=True) == [("a word",)]
    assert statements(kept) == []
    kept.close()


def test_a_column_whose_type_changed_meanwhile_ends_the_connection_after_the_request_and_fails_nobody(kept):
    def ask():
        return kept.rows("SELECT word FROM words", prepare=True)

    ask()
    with kept.cursor() as cursor:
        cursor.execute("ALTER TABLE words ALTER word TYPE text")

    assert ask() == [("one",)]
    kept.close_if_unusable_or_obsolete()
    assert kept.connection is None


def test_an_example_that_the_query_does_not_hold_is_refused():
    with pytest.raises(ValueError, match="no parameters of the query"):
        Prepared(lambda title: Post.objects.all(), "example")("One")


def test_a_call_needs_as_many_values_as_there_are_examples():
    with pytest.raises(ValueError, match="takes 1 values, not 0"):
        Prepared(titled, "example")()


def test_in_a_transaction_that_failed_it_asks_for_nothing():
    prepared = Prepared(lambda pk: Post.objects.filter(pk=pk), -1)

    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            prepared(1)


def test_an_error_of_postgresql_is_one_of_djangos():
    prepared = Prepared(lambda pk: Post.objects.filter(pk=pk), -1)

    with pytest.raises(DataError), transaction.atomic():
        prepared("no number")
    assert prepared(1) == []


def test_who_looks_on_sees_it():
    prepared, seen = Prepared(lambda pk: Post.objects.filter(pk=pk), -1), []

    def look(execute, sql, params, many, context):
        seen.append(params)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        prepared(7)

    assert seen == [(7,)]
