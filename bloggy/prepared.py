"""Queries whose SQL is written once, and planned once for a connection: either takes longer than to answer them."""

import re
import threading
from functools import cached_property

from django.db import connections
from psycopg import sql as literals

PLACEHOLDER = re.compile("%([%s])")


class Prepared:
    """A queryset that asks the same each time, but for some values.

    build(*values) returns it. The examples are values of their types that stand nowhere else in its SQL: they show
    where those of a call belong. Lists and None can't be such values: they change the SQL.
    """

    def __init__(self, build, *examples):
        self.build, self.examples = build, examples
        self.lock, self.text = threading.Lock(), None

    def __call__(self, *values):
        """Return the rows for these values, as a list."""
        compiler = self.compiler(connections[self.queryset.db], values)
        query = like(self.queryset.query, get_compiler=lambda *args, **options: compiler)
        return list(like(self.queryset, _query=query))

    def first(self, *values):
        """Return the first row for these values, or None; the query itself should ask for no more."""
        return next(iter(self(*values)), None)

    @cached_property
    def queryset(self):
        return self.build(*self.examples)

    @property
    def written(self):
        """Return the compiler that knows the columns, the SQL, and which of the values belong where in it."""
        if not self.text:
            connections[self.queryset.db].ensure_connection()  # nobody waits behind it
            with self.lock:  # two who write one query at once spoil it: Django counts its joins in it
                self.text = self.text or self.write()
        return self.text

    def write(self):
        compiler = self.queryset.query.get_compiler(self.queryset.db)
        sql, params = with_literals(*compiler.as_sql(), self.examples, compiler.connection)
        if missing := set(self.examples) - set(params):
            raise ValueError(f"These examples are no parameters of the query: {missing}.")
        converters = compiler.get_converters([expression for expression, *_ in compiler.select[: compiler.col_count]])
        # The connection is the thread's own and mustn't outlive it.
        compiler = like(compiler, connection=None, get_converters=lambda expressions: converters)
        return compiler, sql, [self.examples.index(param) for param in params]

    def compiler(self, connection, values):
        """Return a compiler that need not compile any more."""
        compiler, sql, places = self.written
        if len(values) != len(self.examples):
            raise ValueError(f"The query takes {len(self.examples)} values, not {len(values)}.")
        params = tuple([values[place] for place in places])
        return like(
            compiler,
            connection=connection,
            execute_sql=lambda *args, **options: [connection.rows(sql, params, prepare=True)],
        )


def with_literals(sql, params, examples, connection):
    """Return SQL in which only examples are still parameters, and these: PostgreSQL plans by all that it is told."""
    params, kept = iter(params), []

    def written(placeholder):
        if placeholder[1] == "%":
            return "%%"
        param = next(params)
        if param in examples:
            kept.append(param)
            return "%s"
        return literals.Literal(param).as_string(connection.connection).replace("%", "%%")

    return PLACEHOLDER.sub(written, sql), kept


def like(thing, **changes):
    """Return a twin of an object in which some attributes differ; QuerySet's own copies take as long as a query."""
    twin = object.__new__(type(thing))
    twin.__dict__ = vars(thing) | changes
    return twin
