"""The probe that asks for a PostgreSQL that is away, seen from the pool."""

import socket

import psycopg
import pytest
from django.db import connection

from bloggy.postgresql import base
from bloggy.tests.servers import silent

pytestmark = pytest.mark.django_db


class Held:
    closed = False


@pytest.fixture
def connects(monkeypatch):
    """The probe of a process in whose pool connection's server is the one; connects.made counts its log-ins."""
    connect, held = psycopg.Connection.connect, [Held() for _ in range(4)]

    def count(**params):
        probe.made += 1
        return connect(**params)

    def probe(free=0):
        monkeypatch.setattr(base, "_held", held[free:])
        return base._connects(connection)

    probe.made = 0
    connection.ensure_connection()
    base._hold(connection.connection)
    monkeypatch.setattr(psycopg.Connection, "connect", count)
    return probe


def test_it_logs_in_where_the_pool_has_room(connects, settings):
    settings.DB_POOL_SIZE, settings.WEB_CONCURRENCY = 8, 2

    assert connects(free=1)
    assert connects.made == 1


def test_it_only_asks_whether_the_server_speaks_where_the_pool_is_held(connects, settings):
    settings.DB_POOL_SIZE, settings.WEB_CONCURRENCY = 8, 2

    assert connects()
    assert connects.made == 0


def test_a_server_that_is_silent_does_not_speak(monkeypatch):
    with silent() as port:
        monkeypatch.setattr(base, "_peer", (2, ("127.0.0.1", port)))

        assert not base._speaks()


def test_a_server_that_hangs_up_on_a_new_connection_is_away():
    with socket.socket() as reset, pytest.raises(psycopg.OperationalError, match="hung up"):
        base._hold(reset)
