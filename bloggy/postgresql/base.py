"""Django's PostgreSQL backend with every wait bounded: for a name, a connection and, while serving, an answer."""

import functools
import logging
import os
import select
import socket
import struct
import threading
import time
import weakref

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.backends.postgresql import base

from bloggy.breaker import Breaker
from bloggy.database import describe
from bloggy.deadlines import Deadlines
from bloggy.postgresql.statements import Statements
from bloggy.resolver import LEAST, in_time

logger = logging.getLogger(__name__)
PING = 1.5  # seconds
CHECK = 3  # seconds that a new connection may take, and a kept one to show that it is alive
LATELY = 1  # seconds since an answer in which a connection is not asked whether it is alive
STATEMENT = 12  # seconds; the server's own statement_timeout, 10, comes first where it can
# PgBouncer refuses them at the start of a connection: there the role has them (docs/operations.md).
LIMITS = "-c statement_timeout=10s -c lock_timeout=2s -c idle_in_transaction_session_timeout=10s"

breaker = None  # while serving, the process's Breaker: bloggy/wsgi.py makes it
deadlines = None  # and those of its prepared statements
_held = weakref.WeakSet()  # while serving, the process's connections
_held_lock = threading.Lock()
_peer = None  # family and address of the server's socket, as the newest connection has them


def serve():
    """Bound what requests wait for: to be called once in a process that answers them."""
    global breaker, deadlines
    from django.db import connection

    connects = functools.partial(_connects, connection)
    # PgBouncer speaks for a server that it cannot reach.
    breaker = Breaker(connects, connects if settings.DB_PGBOUNCER else _speaks)
    deadlines = Deadlines(breaker)


class DatabaseWrapper(base.DatabaseWrapper):
    seconds = STATEMENT
    statements = None  # those that rows() prepares
    answered_at = -LATELY  # by time.monotonic(), of a connection that serves requests

    def get_new_connection(self, conn_params):
        if not breaker:
            return self._connect(conn_params)
        if breaker.is_open:
            raise psycopg.OperationalError(f"PostgreSQL is being asked again after: {breaker.reason}")
        try:
            connection = self._connect(limited(conn_params))
            _hold(connection)
        except psycopg.OperationalError as error:
            breaker.open(error)
            raise
        connection.wait = functools.partial(self._wait, connection, connection.wait)
        return connection

    def _connect(self, params):
        connection = super().get_new_connection(in_time(params))
        self.statements = Statements(connection)
        if logger.isEnabledFor(logging.DEBUG):
            logger.debug("New connection: %s.", describe(connection))
        return connection

    def _wait(self, connection, wait, waiting, *args, **kwargs):
        """Wait as psycopg does, but not for ever; a connection that was given up is of no further use."""
        return self._in_time(connection, wait, breaker.watch(waiting, self.seconds), *args, **kwargs)

    def _in_time(self, connection, wait, *args, **kwargs):
        """Return what a wait returns that raises TimeoutError once it takes too long."""
        try:
            result = wait(*args, **kwargs)
        except TimeoutError as error:
            connection.close()
            breaker.open(error)
            raise psycopg.OperationalError(f"PostgreSQL: {error}") from None
        self.answered_at = time.monotonic()
        return result

    def close_if_health_check_failed(self):
        """Ask a connection whether it is alive, as Django does, unless it answered lately and did not hang up since."""
        if not self.health_check_done and time.monotonic() - self.answered_at < LATELY:
            self.health_check_done = not _has_news(self.connection)
        super().close_if_health_check_failed()

    def first_row(self, statement):
        """Return the first row of a statement that begins a request and only reads.

        It is its own health check: Django's would be another round trip. Where a kept connection turns out to be
        lost, a new one is asked, once. Raises OperationalError, at once while the breaker is open.
        """
        if breaker and breaker.is_open:
            raise OperationalError(f"PostgreSQL is being asked again after: {breaker.reason}")
        kept = self.connection
        self.health_check_done, self.seconds = True, CHECK
        try:
            return self.rows(statement, prepare=True)[0]
        except (OperationalError, InterfaceError):
            if not kept or not kept.closed or self.in_atomic_block or (breaker and breaker.is_open):
                raise
            self.close()
            return self.rows(statement, prepare=True)[0]
        finally:
            self.seconds = STATEMENT

    def rows(self, sql, params=None, prepare=False):
        """Return all rows of a statement, where nobody looks on without Django's cursor: a tenth of a kept page.

        Prepared, PostgreSQL plans it once for the connection, not each time: planning takes half of a page's queries.
        """
        if self.queries_logged or self.execute_wrappers:
            with self.cursor() as cursor:
                cursor.execute(sql, params)
                return cursor.fetchall()
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_no_broken_transaction()
        with self.wrap_database_errors:
            if prepare and self._can_prepare():
                return self._rows_of_prepared(sql, params)
            return self.connection.execute(sql, params).fetchall()

    def _can_prepare(self):
        """Tell whether a statement can be prepared now, and while serving is sure to end in time."""
        if settings.DB_PGBOUNCER:
            return False  # it leads each transaction to another connection of the server's
        return self.statements.can_begin and (not breaker or deadlines.watch())

    def _rows_of_prepared(self, sql, params):
        try:
            if not breaker:
                return self.statements.rows(sql, params)
            ask = self.statements.rows, sql, params
            return self._in_time(self.connection, deadlines.call, self.connection.pgconn, self.seconds, *ask)
        except psycopg.errors.FeatureNotSupported:  # a migration has changed the type of a column meanwhile
            self.close_at = time.monotonic()  # the connection goes after this request, with all that it prepared
            if self.in_atomic_block:
                raise
            return self.connection.execute(sql, params).fetchall()

    def is_usable(self):
        self.seconds = CHECK
        try:
            return super().is_usable()
        finally:
            self.seconds = STATEMENT


def _has_news(connection):
    """Tell whether there is something to be read from an idle connection: most likely its end."""
    if connection is None or connection.closed:
        return True
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


def limited(params):
    """Return connection parameters with a request's limits: on connecting, and the server's own on statements."""
    params = params | {"connect_timeout": str(min(CHECK, int(params.get("connect_timeout", CHECK))))}
    return params if settings.DB_PGBOUNCER else params | {"options": f"{LIMITS} {params.get('options', '')}".strip()}


def _hold(connection):
    """Remember a new connection, and where its server is."""
    global _peer
    try:
        with socket.socket(fileno=os.dup(connection.fileno())) as ours:
            _peer = ours.family, ours.getpeername()
    except OSError as error:  # reset meanwhile; as it is, a page would be a 500
        raise psycopg.OperationalError(f"it hung up at once ({error.strerror})") from None
    with _held_lock:
        _held.add(connection)


def _connects(wrapper):
    """Tell whether a connection can be opened and used now, without holding more of them than the pool has."""
    with _held_lock:
        held = sum(not connection.closed for connection in _held)
    try:
        params = in_time(limited(wrapper.get_connection_params()) | {"connect_timeout": str(LEAST)})
        if "service" not in params and not any(map(_speaks, _addresses(params))):
            return False
        if held >= settings.DB_POOL_SIZE // settings.WEB_CONCURRENCY and not settings.DB_PGBOUNCER:
            return True
        with psycopg.Connection.connect(**params | {"cursor_factory": psycopg.Cursor}) as connection:
            connection.wait = functools.partial(connection.wait, timeout=CHECK)
            connection.execute("SELECT 1")
    except (psycopg.Error, OSError, RuntimeError):  # the last one: no thread to be had for the name
        return False
    return True


def _addresses(params):
    """Return family and address of the sockets that connection parameters lead to now."""
    host, port = params.get("host") or "", int(params.get("port") or 5432)
    if host.startswith(("/", "@")):
        path = f"{host}/.s.PGSQL.{port}"
        return [(socket.AF_UNIX, path if host.startswith("/") else f"\0{path[1:]}")]
    found = (params.get("hostaddr") or host or "127.0.0.1").split(",")
    return [(socket.AF_INET6 if ":" in address else socket.AF_INET, (address, port)) for address in found]


def _speaks(peer=None):
    """Tell whether a server speaks at all, without a log-in; by default the one of the newest connection.

    Asks for encryption and takes any answer: a server that is frozen accepts the connection and says nothing.
    The request is SSLRequest of https://www.postgresql.org/docs/16/protocol-message-formats.html. (libpq's own
    PQping would hold up every thread of the process.)
    """
    family, address = peer or _peer
    try:
        with socket.socket(family) as server:
            server.settimeout(PING)
            server.connect(address)
            server.sendall(struct.pack("!ii", 8, 80877103))
            return bool(server.recv(1))
    except OSError:
        return False
