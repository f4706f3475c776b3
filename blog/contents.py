"""The table of contents of a long post, read from the HTML that blog/markdown.py made."""

import re
from html import unescape
from itertools import islice
from typing import NamedTuple

FEWEST_HEADINGS, FEWEST_WORDS = 3, 600
MOST_ENTRIES = 100
TEXT_CHARACTERS = 120
LOOKED_THROUGH, MOST_PARTS = 1_000_000, 20_000  # characters of HTML, and what PART finds in them: a page can't wait
# What nh3 writes: attributes in double quotes, in which < > " & are escaped, and every element closed.
PART = re.compile(
    r'<(?P<end>/?)(?:blockquote|li|section)\b[^>]*>|<h(?P<level>[23]) id="(?P<id>[^"]*)">(?P<words>.*?)</h(?P=level)>',
    re.DOTALL,
)
MARK = re.compile(
    r'<sup class="footnote-ref">.*?</sup>|<img(?: [\w-]+="[^"]*")*? alt="([^"]*)"[^>]*>|<[^>]*>', re.DOTALL
)


class Entry(NamedTuple):
    """A heading: its id, its words, and the Entries of the headings below it."""

    id: str
    text: str
    below: list


def contents(html, words):
    """Return the Entries of a post's table of contents, in two levels; none for a post that is short.

    html is the post's, words their number. Headings in quotes, lists and footnotes are no part of it.
    Of very many headings only the upper ones count, and the first hundred of those.
    """
    if words < FEWEST_WORDS:
        return []
    found = list(islice(headings(html), MOST_ENTRIES + 1))
    if len(found) < FEWEST_HEADINGS:
        return []
    if len(found) > MOST_ENTRIES:
        found = list(islice(((level, *rest) for level, *rest in headings(html) if level == "2"), MOST_ENTRIES))
    entries = []
    for level, own_id, text in found:
        above = entries[-1].below if level == "3" and entries else entries
        above.append(Entry(own_id, text, []))
    return entries


def headings(html):
    """Yield (level, id, words) of the second- and third-level headings that stand by themselves."""
    depth = 0
    for part in islice(PART.finditer(html, 0, LOOKED_THROUGH), MOST_PARTS):
        if part["level"] is None:
            depth += -1 if part["end"] else 1
        elif depth == 0 and (text := plain(part["words"])):
            yield part["level"], unescape(part["id"]), text


def plain(words):
    """Return a heading's words without marks and footnotes, on one line of bounded length; a picture's are its alt."""
    text = " ".join(unescape(MARK.sub(lambda mark: mark[1] or "", words)).split())
    return text if len(text) <= TEXT_CHARACTERS else text[: TEXT_CHARACTERS - 1].rstrip() + "…"
