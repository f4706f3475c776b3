"""Statements that PostgreSQL has planned for a connection, asked for by one call of libpq's each.

psycopg's cursors ask in steps, and at each step another thread may take the interpreter's lock away: with four threads
that takes a sixth of the kept pages. In exchange nothing but the end of the connection ends such a call; who serves
requests asks under deadlines (bloggy/deadlines.py).
"""

from datetime import datetime

from psycopg import errors, pq
from psycopg.adapt import AdaptersMap, PyFormat, Transformer
from psycopg.types.datetime import TimestamptzLoader


class MomentLoader(TimestamptzLoader):
    """Reads a timestamptz in a tenth of the time; what Python can't hold is psycopg's error as before."""

    def load(self, data):
        try:
            return datetime.fromisoformat(str(data, "ascii"))  # such as 2026-11-30 12:00:00.5+00
        except ValueError:
            return super().load(data)


class Statements:
    """The prepared statements of a psycopg connection, which must live as long as they."""

    def __init__(self, connection):
        self.connection, self.pgconn = connection, connection.pgconn
        self.adapters = AdaptersMap(connection.adapters)
        self.adapters.register_loader("timestamptz", MomentLoader)
        self.transformer = Transformer(self)  # which takes them from here
        self.names = {}

    @property
    def can_begin(self):
        """Tell whether a statement can be asked for here: psycopg begins a transaction with one of its own."""
        return self.connection.autocommit or self.pgconn.transaction_status == pq.TransactionStatus.INTRANS

    def rows(self, sql, params=None):
        """Return all rows of a statement with psycopg's placeholders (%s); it is prepared by its first call.

        The number of different statements must be bounded: they stay until the connection ends. Raises psycopg's
        errors.
        """
        values, types, formats = [], (), None
        if params:
            values = self.transformer.dump_sequence(params, [PyFormat.AUTO] * len(params))
            types, formats = self.transformer.types, self.transformer.formats
        if not (name := self.names.get((sql, types))):
            name = self.names[sql, types] = self.prepare(sql, params, types)
        result = self.pgconn.exec_prepared(name, values, formats)
        if result.status == pq.ExecStatus.COMMAND_OK:
            raise errors.ProgrammingError("This statement returns no rows.")
        if result.status != pq.ExecStatus.TUPLES_OK:
            raise error_of(result)
        self.transformer.set_pgresult(result)
        return self.transformer.load_rows(0, result.ntuples, tuple)

    def prepare(self, sql, params, types):
        """Let PostgreSQL parse a statement; return its name there."""
        name = f"bloggy_{len(self.names)}".encode()
        result = self.pgconn.prepare(name, numbered(sql, params).encode(), types)
        if result.status != pq.ExecStatus.COMMAND_OK:
            raise error_of(result)
        return name


def numbered(sql, params):
    """Return a statement with $1, $2 … for its parameters, as PostgreSQL has them; without any it is as it was."""
    return sql if params is None else sql % tuple(f"${number}" for number, _param in enumerate(params, 1))


def error_of(result):
    """Return psycopg's error for a result of libpq's that is none."""
    if result.error_field(pq.DiagnosticField.SQLSTATE):
        return errors.error_from_result(result)
    return errors.OperationalError(result.get_error_message().strip())  # libpq's own: the connection is lost
