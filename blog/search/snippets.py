"""The words around what was found, with what was found marked; made by PostgreSQL, as plain text."""

import html
import re

from django.contrib.postgres.search import SearchHeadline
from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Coalesce, Left, NullIf

from blog.models.texts import SEARCH_CONFIG

SHOWN_CHARACTERS = 20_000  # of a text's HTML; a word further back is found, but its text's first words are shown
START, STOP = "\ue000", "\ue001"  # private signs, taken out of the text before PostgreSQL sets them
# Of footnotes the numbers and arrows go with their tags: as words they say nothing. No `.*?`: beside a |, PostgreSQL
# takes it for `.*`.
TAGS = (
    '<sup class="footnote-ref"><a [^>]*>[^<]*</a></sup>'
    '|<a [^>]* class="footnote-backref"[^>]*>[^<]*(<sup>[0-9]*</sup>)?</a>'
    "|<[^>]*(>|$)"
)
# Over a long run of ASCII signs such as 7_7_7_ PostgreSQL's parser takes the square of its length: 4 s for 16,000. It
# is cut, but never within a `&…;`.
LONG_RUN, PARTED = "([!-%'-~]{100})(?=[!-%'-~])", r"\1 "
MARKED = re.compile(f"{START}([^{START}{STOP}]*){STOP}")
PARTS = {"max_fragments": 2, "max_words": 30, "min_words": 12, "short_word": 0, "fragment_delimiter": " … "}


def marked_title(query):
    """Return the expression of a title, whole, with the words of a query between START and STOP."""
    return _headline(F("title"), query, highlight_all=True)


def marked_text(query):
    """Return the expression of a text's parts around the words of a query, which stand between START and STOP.

    Its `&…;` are still to be read as HTML's.
    """
    source = Left(Coalesce(NullIf("body_html", Value("")), "body"), SHOWN_CHARACTERS)
    text = _replaced(source, TAGS, "")
    return _headline(_replaced(text, LONG_RUN, PARTED), query, **PARTS)


def pieces(text, is_html=False):
    """Return (words, whether they were found) for a text with marks, in order; nothing of it is trusted HTML."""
    read = html.unescape if is_html else str
    parts = ((read(part), bool(number % 2)) for number, part in enumerate(MARKED.split(text)))
    return [part for part in parts if part[0]]


def _replaced(text, pattern, new):
    parts = (Value(part) for part in (pattern, new, "g"))
    return Func(text, *parts, function="regexp_replace", output_field=TextField())


def _headline(text, query, **options):
    unmarked = Func(text, Value(START + STOP), Value(""), function="translate", output_field=TextField())
    return SearchHeadline(unmarked, query, config=SEARCH_CONFIG, start_sel=START, stop_sel=STOP, **options)
