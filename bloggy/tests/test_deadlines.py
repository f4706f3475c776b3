"""Prepared statements, which libpq asks for in one call: what ends one that takes too long."""

import threading
import time

import pytest
from django.db import OperationalError, connection

from bloggy.breaker import Breaker
from bloggy.deadlines import Deadlines
from bloggy.postgresql import base
from bloggy.tests.processes import wait_until
from bloggy.tests.test_breaker import Server

pytestmark = pytest.mark.django_db
SLEEP = "SELECT pg_sleep(60)"


@pytest.fixture
def server():
    server = Server()
    yield server
    server.is_there = True


@pytest.fixture
def breaker(server, monkeypatch):
    breaker = Breaker(server.connects, server.speaks)
    monkeypatch.setattr(base, "breaker", breaker)
    monkeypatch.setattr(base, "deadlines", Deadlines(breaker))
    return breaker


@pytest.fixture
def kept(breaker):
    """Return a connection of its own, in no transaction."""
    kept = connection.copy()
    kept.ensure_connection()
    yield kept
    kept.close()


def seconds_until_it_fails(kept):
    begun = time.monotonic()
    with pytest.raises(OperationalError, match="no answer in"):
        kept.rows(SLEEP, prepare=True)
    assert kept.connection.closed
    return time.monotonic() - begun


def test_what_is_answered_in_time_is_as_it_was(kept):
    kept.seconds = 0.5

    assert [kept.rows("SELECT %s::int", [n], prepare=True) for n in range(3)] == [[(n,)] for n in range(3)]
    time.sleep(1)
    assert kept.rows("SELECT 7", prepare=True) == [(7,)]
    assert not base.deadlines.calls


def test_what_takes_longer_than_it_may_is_given_up_and_postgresql_asked_for(kept, breaker, server):
    kept.seconds, server.is_there = 0.3, False

    assert 0.3 <= seconds_until_it_fails(kept) < 5

    assert breaker.is_open
    server.is_there = True
    wait_until(lambda: not breaker.is_open)
    kept.close()
    assert kept.rows("SELECT 7", prepare=True) == [(7,)]


def test_what_takes_long_is_given_up_where_the_server_is_silent(kept, breaker, server):
    server.is_there = False

    assert seconds_until_it_fails(kept) < 5

    assert breaker.is_open


def test_all_that_wait_end_once_it_is_known_that_the_server_is_away(kept, breaker, server):
    server.is_there = False
    threading.Timer(0.2, breaker.open, ["gone"]).start()

    assert seconds_until_it_fails(kept) < 5


def test_what_is_quick_is_answered_while_postgresql_is_found_away(kept, breaker, server):
    server.is_there = False
    breaker.open("no new connections")

    for _again in range(50):  # five looks at the clock
        assert kept.rows("SELECT pg_sleep(0.01)", prepare=True) == [("",)]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_watch_that_ended_begins_anew(kept, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("bloggy.deadlines.TICK", "no seconds")
        base.deadlines.watch()
        wait_until(lambda: not base.deadlines.are_watched)

    kept.seconds = 0.3
    assert seconds_until_it_fails(kept) < 5


def test_without_a_thread_that_looks_at_the_clock_it_is_asked_as_any_other(kept, monkeypatch):
    monkeypatch.setattr("bloggy.deadlines.begin", lambda target: False)

    assert kept.rows("SELECT %s::int", [7], prepare=True) == [(7,)]
    assert kept.rows("SELECT name FROM pg_prepared_statements") == []
    kept.seconds = 0.3
    assert seconds_until_it_fails(kept) < 5
