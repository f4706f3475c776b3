"""The newest matches of a query, found fast whether a word stands in half of a million rows or in one."""

from dataclasses import dataclass

from django.db.models import BooleanField, F, Func
from django.db.models.expressions import RawSQL

from blog.models import Comment, Post
from blog.models.search_keys import Block, Overlap, Week, comment_keys, post_keys
from blog.pages import Row
from blog.search.queries import Begun, Matches

MOST = 1000  # matches that are ranked and counted: ranking all of a frequent word takes seconds
SMALL = 20_000  # rows of a table below which the whole index is quick for any word
WALK = 3000  # newest posts of a tag that are looked at one by one
SHARES = [0.997, 0.99, 0.96, *(share / 100 for share in range(90, -1, -5))]  # of a table are older than a part
FEW_SHARES = [0.99, 0.9]  # for a query that costs about the same whatever the part
FEW_PLACES = 5000  # between newest and oldest, 96 years of weeks: so the oldest part has no place by a row far off
MOST_PLACES = 1_000_000  # between newest and oldest: each is a number in an array; one comment's id may be 2**60
BEYOND = 2**62  # greater than the number of any place

# Of the parts of a table the next is looked through only if those before it gave too little: a nested loop keeps the
# order of its outer side and UNION ALL that of its members, and both end with the LIMIT.
# Without parts, where the statistics have no bounds (all rows are of a few dates) or the places are too many, it is
# the rest that finds everything.
STATEMENT = """
WITH ends AS MATERIALIZED (
  SELECT ({newest}) AS newest, ({oldest}) AS oldest
), known AS MATERIALIZED (
  SELECT histogram_bounds::text::{type}[] AS bounds FROM pg_stats
  WHERE schemaname = 'public' AND tablename = '{table}' AND attname = '{column}'
    AND histogram_bounds IS NOT NULL AND (SELECT newest - oldest FROM ends) < {most_places}
    AND (SELECT reltuples FROM pg_class WHERE oid = 'public.{table}'::regclass) > {small}
), cuts AS MATERIALIZED (
  SELECT share, {place_below} + floor(({place_above} - {place_below}) * (spot - floor(spot)))::bigint AS low
  FROM known, unnest(ARRAY{shares}) AS share, LATERAL (SELECT (cardinality(bounds) - 1) * share AS spot) AS bounded
  WHERE share > 0 OR (SELECT newest - oldest FROM ends) < {few_places}
), parts AS MATERIALIZED (
  SELECT ARRAY(SELECT generate_series(greatest(low, oldest), least(high, newest)))::bigint[] AS places
  FROM (SELECT share, low, lag(low) OVER (ORDER BY share DESC) - 1 AS high FROM cuts) AS cut, ends
  ORDER BY share DESC
), walked AS MATERIALIZED (
  {walk}
)
SELECT id FROM (
  SELECT id FROM walked WHERE hit
  UNION ALL
  SELECT matching.id FROM parts, LATERAL ({in_part}) AS matching WHERE {is_left}
  UNION ALL
  SELECT matching.id FROM ({in_rest}) AS matching WHERE {is_left}
    AND (SELECT oldest FROM ends) < (SELECT coalesce(min(low), {beyond}) FROM cuts)
) AS found LIMIT {limit}
"""


@dataclass(frozen=True)
class Places:
    """How an index of words tells where a row lies: by the number that a function makes of a column."""

    number: type[Func]
    column: str
    type: str
    keys: Func

    def of(self, value):
        return f"({self.number.template % {'expressions': value}})"


PLACES = {
    Post: Places(Week, "published_at", "timestamptz", post_keys()),
    Comment: Places(Block, "id", "bigint", comment_keys()),
}


def newest_matches(rows, query, order, author=None):
    """Return the ids of the newest matches of a query, one more than MOST at most, for `pk__in`.

    `rows` is a queryset of posts or comments; `order` are the fields of an index that sort it newest first; where they
    are those of a tag, the tag's newest posts are looked at before the index of words is asked. An author's posts are
    told apart in the index of words, too.
    """
    places, newest = PLACES[rows.model], order[0].removeprefix("-")
    matching = rows.filter(Matches("search", query)).order_by(*order).values("id")
    if author:
        matching = matching.filter(overlap(places, "ARRAY[%s]::bigint[]", -author))
    is_walked = newest != places.column
    walk = rows.order_by(*order).values("id", hit=Matches("search", query))[:WALK] if is_walked else None
    if is_walked:
        matching = matching.filter(RawSQL("blog_post.id NOT IN (SELECT id FROM walked)", (), BooleanField()))
    ends = rows.order_by(*order).values(place=places.number(F(newest)))
    older = RawSQL(f"SELECT coalesce(min(low), {BEYOND}) FROM cuts", ())
    in_rest = matching.alias(place=places.number(F(places.column))).filter(place__lt=older)
    # No index has the order of a ROW. By its guess of the matches the planner would find enough of them by walking
    # along the index of ids: for a word that stands nowhere it read five million comments.
    columns = [key.removeprefix("-") for key in order]
    sql, params = compiled(
        newest=ends[:1],
        oldest=ends.reverse()[:1],
        walk=walk,
        in_part=matching.filter(overlap(places, "parts.places"))[: MOST + 1],
        in_rest=in_rest.order_by(Row(*columns).desc())[: MOST + 1],
    )
    return RawSQL(
        STATEMENT.format(
            **sql,
            type=places.type,
            table=rows.model._meta.db_table,
            column=places.column,
            small=SMALL,
            most_places=MOST_PLACES,
            place_below=places.of("bounds[1 + floor(spot)::int]"),
            place_above=places.of("bounds[1 + ceil(spot)::int]"),
            few_places=FEW_PLACES,
            shares=FEW_SHARES if isinstance(query, Begun) else SHARES,
            beyond=BEYOND,
            is_left=f"(SELECT count(*) FROM walked) >= {WALK}" if is_walked else "TRUE",
            limit=MOST + 1,
        ),
        params,
    )


def overlap(places, numbers, *params):
    return Overlap(places.keys, RawSQL(numbers, params))


def compiled(**querysets):
    """Return the statement of each queryset, and the parameters of all in their order."""
    sql, params = {}, []
    for name, queryset in querysets.items():
        if queryset is None:
            sql[name] = "SELECT NULL::bigint AS id, FALSE AS hit WHERE FALSE"
            continue
        sql[name], own = queryset.query.sql_with_params()
        params.extend(own)
    return sql, params
