"""Pages of a long list by keyset: the same cost at its end as at its beginning, and no row twice when new ones come."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from django import forms
from django.db import models
from django.db.models.lookups import GreaterThan, LessThan

from bloggy.prepared import Prepared

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
CURSOR = re.compile(r"(-?[0-9]{1,18})-([0-9]{1,19})")
LARGEST_ID = 2**63 - 1  # PostgreSQL's bigint
PLACE = EPOCH, -(2**62)  # an example of a cursor, for Prepared


@dataclass(frozen=True)
class Cursor:
    """The place of a row in a list: its time, then its id."""

    at: datetime
    id: int

    def __str__(self):
        return f"{(self.at - EPOCH) // MICROSECOND}-{self.id}"

    @classmethod
    def parse(cls, text):
        """Return the cursor written as `<microseconds since 1970>-<id>`; raises ValueError for anything else."""
        match = CURSOR.fullmatch(text)
        if not match or int(match[2]) > LARGEST_ID:
            raise ValueError("not a cursor")
        try:
            return cls(EPOCH + int(match[1]) * MICROSECOND, int(match[2]))
        except OverflowError:
            raise ValueError("not a date") from None


class CursorField(forms.CharField):
    def to_python(self, value):
        text = super().to_python(value)
        try:
            return Cursor.parse(text) if text else None
        except ValueError:
            raise forms.ValidationError("malformed") from None


class PageForm(forms.Form):
    """What a list's address may ask for: the rows older than one, or the newer ones."""

    before = CursorField(required=False, strip=False)
    after = CursorField(required=False, strip=False)

    def clean(self):
        if self.cleaned_data.get("before") and self.cleaned_data.get("after"):
            raise forms.ValidationError("both")


@dataclass(frozen=True)
class Page:
    """Some rows of a list in its order, and the cursors of the links to its neighbours; None where there are none.

    is_beyond tells that the list has rows, perhaps, but none behind the cursor. pinned are the rows that stand
    above the others on the first page. query is what the page's own address ends in, empty for the first page.
    """

    rows: list
    before: Cursor | None = None
    after: Cursor | None = None
    is_beyond: bool = False
    pinned: list = field(default_factory=list)
    query: str = ""


class Row(models.Func):
    """ROW(a, b): PostgreSQL compares both at once by one index; the ORM has no such value."""

    function = "ROW"
    output_field = models.TextField()


def beside(cursor, older, keys=("published_at", "id")):
    """Return the condition for the rows on one side of a cursor, by one index: the older ones, or the newer ones."""
    compare = LessThan if older else GreaterThan
    values = Row(models.Value(cursor.at), models.Value(cursor.id, models.BigIntegerField()))
    return compare(Row(*keys), values)


def pinned_above(pinned, rows):
    """Return the pinned rows, then the others, in one query; is_pinned tells them apart."""
    marked = (queryset.annotate(is_pinned=models.Value(mark)) for queryset, mark in ((pinned, True), (rows, False)))
    return next(marked).union(next(marked), all=True)


def rows_of(queryset, size, keys=("published_at", "id"), newest_first=True, pinned=None, before=None, after=None):
    """Return the queryset of one page's rows, and one row more; see page_of()."""
    cursor = before or after
    if cursor:
        queryset = queryset.filter(beside(cursor, bool(before), keys))
    elif pinned is not None:
        queryset = queryset.exclude(pk__in=pinned.values("pk"))
    descending = bool(before) or (newest_first and not after)
    rows = queryset.order_by(*(f"-{key}" if descending else key for key in keys))[: size + 1]
    return rows if cursor or pinned is None else pinned_above(pinned, rows)


class PreparedRows:
    """The three queries that rows_of() makes of a list, each written once; build and examples are those of Prepared."""

    def __init__(self, build, *examples, **options):
        def beside_cursor(way, at, pk, *values):
            return rows_of(build(*values), **options, **{way: Cursor(at, pk)})

        self.first = Prepared(lambda *values: rows_of(build(*values), **options), *examples)
        self.before, self.after = (
            Prepared(partial(beside_cursor, way), *PLACE, *examples) for way in ("before", "after")
        )

    def __call__(self, *values, before=None, after=None):
        """Return the rows of a page of the list that these values choose, and one row more."""
        cursor = before or after
        if not cursor:
            return self.first(*values)
        return (self.before if before else self.after)(cursor.at, cursor.id, *values)


def page_of(
    rows_of_list,
    size,
    before=None,
    after=None,
    keys=("published_at", "id"),
    newest_first=True,
    place=None,
    pinned=None,
):
    """Return one Page of a list, in one query: of a queryset, or of PreparedRows with their values.

    `before` asks for the rows older than a cursor, `after` for the newer ones, neither for the
    first page of the list's order. A page towards the list's beginning that would be short
    becomes the first page, by a second query. `keys` are the two columns of an index, and
    `place(row)` returns a row's values of them (by default its published_at and id). `pinned`,
    a slice of the same list, stands above the others on the first page, and not among them.
    """
    place = place or (lambda row: Cursor(row.published_at, row.pk))
    descending = bool(before) or (newest_first and not after)
    cursor, top = before or after, []
    ask = rows_of_list if callable(rows_of_list) else partial(rows_of, rows_of_list, size, keys, newest_first, pinned)
    rows = list(ask(before=before, after=after))
    if pinned is not None and not cursor:
        top, rows = [row for row in rows if row.is_pinned], [row for row in rows if not row.is_pinned]
    more, rows = len(rows) > size, rows[:size]
    query = f"?{'before' if before else 'after'}={cursor}" if cursor else ""
    if descending != newest_first:
        if len(rows) < size or (pinned is not None and not more):
            return page_of(ask, size, keys=keys, newest_first=newest_first, place=place, pinned=pinned)
        rows.reverse()
        query = query if more else ""
    if not rows:
        return Page(rows, is_beyond=bool(cursor), pinned=top, query=query)
    ends = place(rows[0]), place(rows[-1])
    newest, oldest = ends if newest_first else reversed(ends)
    # The cursor's own row lies on the side that one came from.
    older_exist = more if descending else bool(cursor)
    newer_exist = more if not descending else bool(cursor)
    return Page(rows, oldest if older_exist else None, newest if newer_exist else None, pinned=top, query=query)
