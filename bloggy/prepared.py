"""Queries whose SQL is written once: Django takes longer to write some than PostgreSQL to answer them."""

from copy import copy
from functools import cached_property

from django.db import connections


class Prepared:
    """A queryset that asks the same each time, but for some values.

    build(*values) returns it. The examples are values of their types that stand nowhere else in its SQL: they show
    where those of a call belong. Lists and None can't be such values: they change the SQL.
    """

    def __init__(self, build, *examples):
        self.build, self.examples = build, examples

    def __call__(self, *values):
        """Return the rows for these values, as a list."""
        queryset = self.queryset.all()
        queryset.query.get_compiler = lambda using, **options: self.compiler(connections[using], values)
        return list(queryset)

    def first(self, *values):
        """Return the first row for these values, or None; the query itself should ask for no more."""
        return next(iter(self(*values)), None)

    @cached_property
    def queryset(self):
        return self.build(*self.examples)

    @cached_property
    def written(self):
        """Return the compiler that knows the columns, the SQL, and its parameters, examples among them."""
        compiler = self.queryset.query.get_compiler(self.queryset.db)
        sql, params = compiler.as_sql()
        if missing := set(self.examples) - set(params):
            raise ValueError(f"These examples are no parameters of the query: {missing}.")
        compiler.connection = None  # the thread's own, which mustn't outlive it
        return compiler, sql, params

    def compiler(self, connection, values):
        """Return a compiler that need not compile any more."""
        compiler, sql, params = self.written
        given = dict(zip(self.examples, values, strict=True))
        params = tuple(given.get(param, param) for param in params)
        compiler = copy(compiler)
        compiler.connection, compiler.as_sql = connection, lambda *args, **options: (sql, params)
        return compiler
