"""The texts of the demo, read from topics/*.md and comments.md beside this file.

A topic is one file: its author and tags, then parts that open with a line `%% kind: title`. The `post` is an
essay with sections; each `note` is an opening of its own that two of the essay's sections follow, another pair each
time. `comment` and `reply` (the post's author answers the comment above) belong to the essay.
"""

import re
from dataclasses import dataclass
from functools import cache
from itertools import permutations, zip_longest
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PART = re.compile(r"^%% (post|note|comment|reply)(?:: (.+))?\n", re.MULTILINE)
SECTION = re.compile(r"^(?=## )", re.MULTILINE)


@dataclass(frozen=True)
class Remark:
    """A comment's text; a reply is the post's author's, to the comment before it."""

    text: str
    is_reply: bool


@dataclass(frozen=True)
class Entry:
    """A post of the pool; author is a Person's key, tags are names, body is Markdown."""

    title: str
    author: str
    tags: tuple[str, ...]
    body: str
    remarks: tuple[Remark, ...] = ()


@cache
def pool():
    """Return every Entry: first the essay of each topic, then the first note of each, the second …"""
    topics = [read_topic(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("topics/*.md"))]
    return tuple(entry for row in zip_longest(*topics) for entry in row if entry)


@cache
def general_remarks():
    """Return the Remarks that fit any post."""
    _head, parts = split((FOLDER / "comments.md").read_text(encoding="utf-8"))
    return remarks_of(parts)


def read_topic(source):
    """Return a topic's Entries, the essay first."""
    head, parts = split(source)
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    author, tags = fields["author"], tuple(fields["tags"].split(", "))
    [(title, essay)] = [(title, text) for kind, title, text in parts if kind == "post"]
    notes = [(title, text) for kind, title, text in parts if kind == "note"]
    pairs = permutations(SECTION.split(essay)[1:], 2)
    return [Entry(title, author, tags, essay, remarks_of(parts))] + [
        Entry(title, author, tags, "\n\n".join([opening, *map(str.strip, pair)]))
        for (title, opening), pair in zip(notes, pairs, strict=False)
    ]


def split(source):
    """Return what stands before the first part, and the parts as (kind, title or None, text)."""
    head, *rest = PART.split(source)
    return head.strip(), [(kind, title, text.strip()) for kind, title, text in zip(*[iter(rest)] * 3, strict=True)]


def remarks_of(parts):
    return tuple(Remark(text, kind == "reply") for kind, _title, text in parts if kind in ("comment", "reply"))
