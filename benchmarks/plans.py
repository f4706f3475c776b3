"""How PostgreSQL answers the statements of a page, and whether it reads a large table from one end to the other."""

from bloggy.postgresql.statements import numbered

LARGE = 50_000  # rows of a table that no public page may read so


def explain(blog, page, large, prints):
    """Return (table, sql) of the statements of a page that read a large table from one end to the other.

    What is prepared is looked at as planned for its values and for any: PostgreSQL does the one or the other.
    """
    from django.db import connection

    found = []
    statements, prepared = blog.statements(page)
    for sql, params in statements:
        with connection.cursor() as cursor:
            plans = [plan_of(cursor, "FORMAT JSON", sql, params)]
            if sql in prepared:
                plans.append(plan_of(cursor, "GENERIC_PLAN, FORMAT JSON", numbered(sql, params)))
            scans = [node for plan in plans for node in nodes(plan) if node["Node Type"] == "Seq Scan"]
            statement = cursor.mogrify(sql, params)
            found += [(table, statement) for table in sorted({node["Relation Name"] for node in scans} & large)]
            if prints:
                cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + sql, params)
                print(f"\n{page.name}: {statement}", *(line for (line,) in cursor.fetchall()), sep="\n")
    return found


def plan_of(cursor, options, sql, params=None):
    cursor.execute(f"EXPLAIN ({options}) {sql}", params)
    return cursor.fetchone()[0][0]["Plan"]


def nodes(plan):
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def large_tables():
    """Return the names of the tables that no public page may read from one end to the other."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > %s", [LARGE])
        return {name for (name,) in cursor.fetchall()}
