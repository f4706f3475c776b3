"""What people type, as queries on the generated `search` columns."""

import re

from django.contrib.postgres.search import SearchQuery, SearchQueryField
from django.db import connection
from django.db.models import BooleanField, Func

from blog.models.texts import SEARCH_CONFIG

MAX_LENGTH = 200  # characters
MAX_WORDS = 20
LEAST_BEGINNING = 3  # letters: "a:*" would gather a large part of the index; other scripts say more with one sign
WORD = re.compile(r"\w+")
LEFT_OUT = re.compile(r"(?:^|\s)-$")


class Unforeseen(Func):
    """A query whose value the planner doesn't know beforehand: by its guess one row in 1,000 matches.

    So it always takes the GIN index. If it knew the words it would, for two frequent ones that never meet, walk
    the index of dates to its end. What only leaves words out (`-bread`) becomes the query that matches nothing.
    """

    template = (
        "(SELECT CASE WHEN querytree(typed.query) = 'T' THEN ''::tsquery ELSE typed.query END"
        " FROM (SELECT %(expressions)s AS query) AS typed)"
    )
    output_field = SearchQueryField()


class Begun(Unforeseen):
    """A query that ends in the beginning of a word: the index gathers all words that begin so whenever it is asked."""


class Matches(Func):
    """Whether a vector matches a query."""

    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = BooleanField()


def cut(text):
    """Return the beginning of a text, its first 20 words and 200 characters at most, with no NUL in it."""
    text = text.replace("\0", " ").strip()[:MAX_LENGTH]
    words = list(WORD.finditer(text))
    return text[: words[MAX_WORDS].start()].rstrip() if len(words) > MAX_WORDS else text.rstrip()


def typed(text):
    """Return the query for a text as search engines read it: words, "phrases", or, -without."""
    return Unforeseen(_websearch(text))


def begun(text):
    """Return the query of typed() with the last word as a beginning, or None where it can't be one."""
    words = list(WORD.finditer(text))
    if not words:
        return None
    before, last = text[: words[-1].start()], words[-1].group()
    if before.count('"') % 2 or LEFT_OUT.search(before) or (last.isascii() and len(last) < LEAST_BEGINNING):
        return None
    return Begun(_websearch(before) & _raw(f"{last}:*"))


def beginning_with(text):
    """Return the query for rows that hold every word of a text, the last one perhaps only begun; None for no words."""
    words = WORD.findall(text.replace("\0", " "))[:MAX_WORDS]
    return _raw(" & ".join(words) + ":*") if words else None


def says_too_little(text):
    """Tell why a text finds nothing whatever was written: "empty" or "negative", or else ""."""
    if not WORD.search(text):
        return "empty"
    with connection.cursor() as cursor:
        cursor.execute("SELECT querytree(websearch_to_tsquery(%s::regconfig, %s))", [SEARCH_CONFIG, text])
        (indexable,) = cursor.fetchone()
    return {"": "empty", "T": "negative"}.get(indexable, "")


def _websearch(text):
    return SearchQuery(text, config=SEARCH_CONFIG, search_type="websearch")


def _raw(text):
    return SearchQuery(text, config=SEARCH_CONFIG, search_type="raw")
