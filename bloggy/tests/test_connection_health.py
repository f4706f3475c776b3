"""Whether a kept connection is asked for a sign of life before a request uses it."""

import psycopg
import pytest
from django.db import connection

from bloggy.breaker import Breaker
from bloggy.postgresql import base

pytestmark = pytest.mark.django_db


@pytest.fixture
def serving(monkeypatch):
    monkeypatch.setattr(base, "breaker", Breaker(lambda: True, lambda: True))


@pytest.fixture
def kept():
    """Return a connection of its own that answered just now, before the next request."""
    kept = connection.copy()
    kept.settings_dict["CONN_MAX_AGE"] = None
    pid(kept)
    kept.close_if_unusable_or_obsolete()  # what Django does between two requests
    yield kept
    kept.close()


def pid(kept):
    with kept.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def ask_beside(kept, statement):
    """Return what a statement about the kept connection's backend finds, asked by another connection."""
    with psycopg.connect(**kept.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as other:
        return other.execute(statement, [kept.connection.info.backend_pid]).fetchone()[0]


def last_statement(kept):
    return ask_beside(kept, "SELECT query FROM pg_stat_activity WHERE pid = %s")


def end(kept):
    backend = kept.connection.info.backend_pid
    assert ask_beside(kept, "SELECT pg_terminate_backend(%s, 5000)")
    return backend


def test_one_that_answered_lately_is_used_at_once(serving, kept):
    kept.close_if_health_check_failed()

    assert last_statement(kept) == "SELECT pg_backend_pid()"


def test_one_that_was_silent_for_a_while_is_asked(serving, kept):
    kept.answered_at -= base.LATELY

    kept.close_if_health_check_failed()

    assert last_statement(kept) == "SELECT 1"


def test_one_that_the_server_ended_just_now_is_replaced(serving, kept):
    for ask in (pid, lambda kept: kept.rows("SELECT pg_backend_pid()")[0][0]):
        ended = end(kept)
        kept.close_if_unusable_or_obsolete()

        assert ask(kept) != ended


def test_one_that_failed_is_asked_however_lately_it_answered(serving, kept):
    kept.errors_occurred = True

    kept.close_if_unusable_or_obsolete()

    assert last_statement(kept) == "SELECT 1"


def test_outside_of_a_process_that_serves_each_one_is_asked(kept):
    kept.close_if_health_check_failed()

    assert last_statement(kept) == "SELECT 1"
