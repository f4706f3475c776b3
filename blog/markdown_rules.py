"""Rules of our own for the Markdown parser: ids of headings, task lists, and bounds on hostile text.

Headings and task lists stand here because the plug-ins' cost grows with the square of their number:
200,000 characters of them took minutes.
"""

import re
from urllib.parse import quote

from django.utils.text import slugify
from linkify_it import LinkifyIt
from markdown_it.token import Token

BLOCK_CHARACTERS, BLOCK_BRACKETS = 20_000, 500  # of one paragraph; beyond, its marks stay text
LINKIFIED_CHARACTERS, LINKIFIED_LINKS = 10_000, 100  # of one line
MANY_BRACKETS = re.compile(r"[(\[{]{20}")
TASK = re.compile(r"\[(?P<mark>[ xX])\]\s+")
# Ids that a page uses itself; a heading of that name gets another.
RESERVED_ID = re.compile(r"content|(comments|contents|related)(-title)?|comment(-new|-\d+(-by)?)?|id_\w+|fn(ref)?\d+")
ID_CHARACTERS = 200
WORDS = ("text", "code_inline", "image")  # an image's are its description
BUSY = ("link_open", "footnote_ref", "html_inline")  # a link can hold neither a link nor a checkbox


class BoundedLinkify(LinkifyIt):
    """Finds addresses that begin with http:// or https:// in text of bounded size; manage.py is no link to Paraguay."""

    def __init__(self):
        super().__init__(options={"fuzzy_link": False, "fuzzy_email": False})

    def test(self, text):
        is_bounded = len(text) <= LINKIFIED_CHARACTERS and text.count("://") <= LINKIFIED_LINKS
        return is_bounded and not MANY_BRACKETS.search(text) and super().test(text)


def bound_blocks(state):
    """Leave the marks of a paragraph as text where it is longer, or has more brackets, than anybody writes."""
    for token in state.tokens:
        if token.type == "inline" and (
            len(token.content) > BLOCK_CHARACTERS or token.content.count("[") > BLOCK_BRACKETS
        ):
            token.type, token.children = "text", []


def task_lists(state):
    """Turn `[ ]` and `[x]` at the beginning of a list's item into a labelled checkbox that nobody can tick."""
    lists = []
    for index, token in enumerate(state.tokens):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(token)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "inline" and index >= 2 and state.tokens[index - 2].type == "list_item_open":
            match = TASK.match(token.content)
            if match and token.children[0].type == "text":
                state.tokens[index - 2].attrSet("class", "task-list-item")
                lists[-1].attrSet("class", "contains-task-list")
                tick(token.children, match)


def tick(children, match):
    """Put the checkbox in place of the mark before the first words."""
    children[0].content = children[0].content[match.end() :]
    checked = "" if match["mark"] == " " else 'checked="checked" '
    box = f'<label><input class="task-list-item-checkbox" {checked}disabled="disabled" type="checkbox"> '
    children.insert(0, Token("html_inline", "", 0, content=box))
    children.append(Token("html_inline", "", 0, content="</label>"))


def below_the_title(state):
    """Give headings ids, and links to them; put them in order; turn the alignment of cells into classes.

    A heading is one level below the one that it stands under, and the highest are h2: none is left out between.
    """
    above, used, numbers = [], set(), {}
    for index, token in enumerate(state.tokens):
        if token.type == "heading_open":
            level = int(token.tag[1])
            above = [*(higher for higher in above if higher < level), level]
            token.tag = state.tokens[index + 2].tag = f"h{min(6, len(above) + 1)}"
            inline = state.tokens[index + 1]
            token.attrSet("id", unused_id(heading_id(inline), used, numbers))
            link_to_itself(inline.children, token.attrs["id"])
        elif token.type in ("th_open", "td_open") and (style := token.attrs.pop("style", "")):
            token.attrs["class"] = style.replace("text-align:", "align-")


def heading_id(inline):
    """Return the id that a heading asks for: its words, never empty, never one that a page uses itself."""
    words = "".join(child.content for child in inline.children if child.type in ("text", "code_inline"))
    slug = slugify(words, allow_unicode=True)[:ID_CHARACTERS]
    return f"{slug}-section" if RESERVED_ID.fullmatch(slug) else slug or "section"


def link_to_itself(children, own_id):
    """Make a heading's words a link to it, unless there are none or they hold a link or a checkbox."""
    has_words = any(child.content.strip() for child in children if child.type in WORDS)
    if has_words and not any(child.type in BUSY for child in children):
        link = f'<a class="heading-link" href="#{quote(own_id, safe="")}">'
        children.insert(0, Token("html_inline", "", 0, content=link))
        children.append(Token("html_inline", "", 0, content="</a>"))


def unused_id(wanted, used, numbers):
    """Return the id, or its first form with `-1`, `-2` … that is not used; numbers: where each one's count stands."""
    candidate, number = wanted, numbers.get(wanted, 0)
    while candidate in used:
        number += 1
        candidate = f"{wanted}-{number}"
    used.add(candidate)
    numbers[wanted] = number
    return candidate
