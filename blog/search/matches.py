"""The newest matches of a query, found fast whether a word stands in half of a million rows or in one."""

from django.db.models import F, Subquery
from django.db.models.expressions import RawSQL

from blog.search.queries import Matches

MOST = 1000  # matches that are ranked and counted: ranking all of a frequent word takes seconds
SMALL = 20_000  # rows of a table below which the index alone is quick for any word
SAMPLE = 200  # newest rows that tell whether a word is very frequent …
FREQUENT = 40  # … by so many matches among them
WALK = 6000  # newest rows that are looked through for a very frequent word
WINDOW = 40_000  # newest rows to which the index is narrowed for any other

# OFFSET 0 keeps the planner from sorting by the index of dates, which would mean to walk it.
# A condition without a column of its own row (a count, CASE) is decided once, so of the three ways only those are gone
# that are needed. docs/search.md says what each is for.
STATEMENT = """
WITH size AS MATERIALIZED (
  SELECT reltuples FROM pg_class WHERE oid = '{table}'::regclass
), sample AS MATERIALIZED (
  SELECT 1 FROM ({sample}) AS newest WHERE newest.hit AND (SELECT reltuples FROM size) > {small}
), walked AS MATERIALIZED (
  SELECT newest.id FROM ({walk}) AS newest WHERE newest.hit AND (SELECT count(*) FROM sample) >= {frequent}
  LIMIT {limit}
), near AS MATERIALIZED (
  SELECT recent.id FROM ({window}) AS recent
  WHERE (SELECT reltuples FROM size) > {small} AND (SELECT count(*) FROM walked) < {limit}
)
SELECT id FROM walked
UNION ALL
SELECT id FROM near
UNION ALL
SELECT indexed.id FROM (
  SELECT id FROM ({indexed} OFFSET 0) AS matching ORDER BY at DESC, id DESC LIMIT {limit}
) AS indexed
WHERE CASE
  WHEN (SELECT count(*) FROM walked) >= {limit} OR (SELECT count(*) FROM near) >= {limit} THEN FALSE
  WHEN (SELECT count(*) FROM sample) < {frequent} THEN TRUE
  ELSE (SELECT count(*) FROM ({walk}) AS newest) >= {all}
END
"""


NOTHING = "SELECT NULL::bigint AS id WHERE FALSE", ()


def newest_matches(rows, query, order):
    """Return the ids of the newest matches of a query, one more than MOST at most, for `pk__in`.

    `rows` is a queryset of a model with a `search` column, `order` the fields of an index that sort it newest first.
    """
    newest = rows.order_by(*order).values("id", hit=Matches("search", query))
    matching = rows.filter(Matches("search", query)).order_by().values("id", at=F(order[0].removeprefix("-")))
    sample, in_sample = newest[:SAMPLE].query.sql_with_params()
    walk, in_walk = newest[:WALK].query.sql_with_params()
    window, in_window = windowed(rows, query, order)
    indexed, in_indexed = matching.query.sql_with_params()
    statement = STATEMENT.format(
        sample=sample,
        walk=walk,
        window=window,
        indexed=indexed,
        table=rows.model._meta.db_table,
        small=SMALL,
        frequent=FREQUENT,
        all=WALK,
        limit=MOST + 1,
    )
    return RawSQL(statement, [*in_sample, *in_walk, *in_window, *in_indexed, *in_walk])


def windowed(rows, query, order):
    """Return the statement and parameters of the matches among the newest WINDOW rows.

    PostgreSQL reads two indexes for it, of words and of dates, and only the rows that both name. It does so because it
    knows neither end of the range beforehand, and takes it for narrow.
    """
    key = order[0].removeprefix("-")
    if key not in {field.name for field in rows.model._meta.fields}:
        return NOTHING  # a key of another table: there the two indexes can't meet
    keys = rows.order_by(*order).values(key)
    ends = {f"{key}__lte": Subquery(keys[:1]), f"{key}__gte": Subquery(keys[WINDOW : WINDOW + 1])}
    window = rows.filter(Matches("search", query), **ends).order_by(*order).values("id")[: MOST + 1]
    return window.query.sql_with_params()
