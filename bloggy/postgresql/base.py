"""Django's PostgreSQL backend with every wait bounded: for a name, a connection and, while serving, an answer."""

import functools
import socket
import struct

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base

from bloggy.breaker import Breaker
from bloggy.resolver import in_time

PING = 1.5  # seconds
CHECK = 3  # seconds that a kept connection has to show that it is alive
# PgBouncer refuses them at the start of a connection: there the role has them (docs/operations.md).
LIMITS = "-c statement_timeout=10s -c lock_timeout=2s -c idle_in_transaction_session_timeout=10s"
STATEMENT = 12  # seconds; the server's own statement_timeout, 10, comes first where it can

breaker = None  # while serving, the process's Breaker: bloggy/wsgi.py makes it


def serve():
    """Bound what requests wait for: to be called once in a process that answers them."""
    global breaker
    from django.db import connection

    breaker = Breaker(functools.partial(_connects, connection), functools.partial(_pings, connection))


class DatabaseWrapper(base.DatabaseWrapper):
    seconds = STATEMENT

    def get_new_connection(self, conn_params):
        if breaker and breaker.is_open:
            raise psycopg.OperationalError("it did not answer a moment ago, and is being asked again")
        try:
            connection = super().get_new_connection(in_time(limited(conn_params) if breaker else conn_params))
        except psycopg.OperationalError:
            if breaker:
                breaker.open()
            raise
        if breaker:
            connection.wait = functools.partial(self.wait, connection, connection.wait)
        return connection

    def wait(self, connection, wait, waiting, *args, **kwargs):
        """Wait as psycopg does, but not for ever; a connection that was given up is of no further use."""
        try:
            return wait(breaker.watch(waiting, self.seconds), *args, **kwargs)
        except TimeoutError as error:
            connection.close()
            breaker.open()
            raise psycopg.OperationalError(f"PostgreSQL: {error}") from None

    def is_usable(self):
        self.seconds = CHECK
        try:
            return super().is_usable()
        finally:
            self.seconds = STATEMENT


def limited(params):
    """Return connection parameters with the server's own limits on what one request may hold up."""
    return params if settings.DB_PGBOUNCER else params | {"options": f"{LIMITS} {params.get('options', '')}".strip()}


def _connects(wrapper):
    """Tell whether a connection can be opened and used now."""
    try:
        params = in_time(wrapper.get_connection_params())
        with psycopg.Connection.connect(**params | {"cursor_factory": psycopg.Cursor}) as connection:
            connection.wait = functools.partial(connection.wait, timeout=CHECK)
            connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


def _pings(wrapper):
    """Tell whether the server speaks at all, without a log-in.

    Asks for encryption and takes any answer: a server that is frozen accepts the connection and says nothing.
    The request is SSLRequest of https://www.postgresql.org/docs/16/protocol-message-formats.html. (libpq's own
    PQping would hold up every thread of the process.)
    """
    try:
        params = in_time(wrapper.get_connection_params())
        with _socket_to(params) as server:
            server.sendall(struct.pack("!ii", 8, 80877103))
            return bool(server.recv(1))
    except (OSError, psycopg.Error):
        return False


def _socket_to(params):
    """Return a socket that is connected to the server of connection parameters; raises OSError."""
    host, port = params.get("hostaddr") or params.get("host", ""), int(params.get("port") or 5432)
    if not host.startswith("/"):
        return socket.create_connection((host.partition(",")[0] or "localhost", port), timeout=PING)
    server = socket.socket(socket.AF_UNIX)
    server.settimeout(PING)
    server.connect(f"{host}/.s.PGSQL.{port}")
    return server
