"""Queries whose SQL is written once: Django takes longer to write some than PostgreSQL to answer them."""

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
        compiler = self.compiler(connections[self.queryset.db], values)
        query = like(self.queryset.query, get_compiler=lambda *args, **options: compiler)
        return list(like(self.queryset, _query=query))

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
        converters = compiler.get_converters([expression for expression, *_ in compiler.select[: compiler.col_count]])
        # The connection is the thread's own and mustn't outlive it.
        compiler = like(compiler, connection=None, get_converters=lambda expressions: converters)
        return compiler, sql, params

    def compiler(self, connection, values):
        """Return a compiler that need not compile any more."""
        compiler, sql, params = self.written
        given = dict(zip(self.examples, values, strict=True))
        params = tuple(given.get(param, param) for param in params)
        return like(
            compiler, connection=connection, execute_sql=lambda *args, **options: [connection.rows(sql, params)]
        )


def like(thing, **changes):
    """Return a twin of an object in which some attributes differ; QuerySet's own copies take as long as a query."""
    twin = object.__new__(type(thing))
    twin.__dict__ = vars(thing) | changes
    return twin
