"""The newest matches of a query, found fast whether a word stands in half of a million rows or in one."""

from django.db.models.expressions import RawSQL

from blog.search.queries import Matches

MOST = 1000  # matches that are ranked and counted: ranking all of a frequent word takes seconds
SMALL = 20_000  # rows of a table below which the index alone is quick for any word
SAMPLE = 500  # newest rows that tell whether a word is frequent …
FREQUENT = 25  # … by so many matches among them
WALK = 20_000  # newest rows that are looked through for a frequent word

# A frequent word is found among the newest rows, any other by its index: reading all rows that the index has for a
# frequent word, or walking back through the dates for a rare one, would each take seconds. A condition without a
# column of its own row (count, CASE) is decided once, so only one of the two ways is gone.
STATEMENT = """
WITH sample AS MATERIALIZED (
  SELECT 1 FROM ({sample}) AS newest
  WHERE newest.hit AND (SELECT reltuples FROM pg_class WHERE oid = '{table}'::regclass) > {small}
), near AS MATERIALIZED (
  SELECT newest.id FROM ({walk}) AS newest
  WHERE newest.hit AND (SELECT count(*) FROM sample) >= {frequent}
  LIMIT {limit}
)
SELECT id FROM near
UNION ALL
SELECT indexed.id FROM ({indexed}) AS indexed
WHERE CASE
  WHEN (SELECT count(*) FROM near) >= {limit} THEN FALSE
  WHEN (SELECT count(*) FROM sample) < {frequent} THEN TRUE
  ELSE (SELECT count(*) FROM ({walk}) AS newest) >= {all}
END
"""


def newest_matches(rows, query, order):
    """Return the ids of the newest matches of a query, one more than MOST at most, for `pk__in`.

    `rows` is a queryset of a model with a `search` column, `order` the fields of an index that sort it newest first.
    """
    newest = rows.order_by(*order).values("id", hit=Matches("search", query))
    sample, in_sample = newest[:SAMPLE].query.sql_with_params()
    walk, in_walk = newest[:WALK].query.sql_with_params()
    matching = rows.filter(Matches("search", query)).order_by(*order).values("id")[: MOST + 1]
    indexed, in_indexed = matching.query.sql_with_params()
    statement = STATEMENT.format(
        sample=sample,
        walk=walk,
        indexed=indexed,
        table=rows.model._meta.db_table,
        small=SMALL,
        frequent=FREQUENT,
        all=WALK,
        limit=MOST + 1,
    )
    return RawSQL(statement, [*in_sample, *in_walk, *in_indexed, *in_walk])
