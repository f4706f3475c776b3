"""Text to HTML: Markdown or plain text in, sanitised HTML out. The only place that marks HTML as trusted."""

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape  # django.utils.html's is the same, ready for lazy texts: ten times slower
from itertools import islice

import nh3
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from blog import footnotes
from blog.code_colours import bound_code, coloured
from blog.markdown_rules import BoundedLinkify, below_the_title, bound_blocks, task_lists

RENDERER = 2  # the version of what render() makes; a better one counts up
EXCERPT_WORDS = 40
LONG = 1_000_000  # characters
EXCERPT_CHARACTERS = 400  # a "word" without a space can be as long as the text
MAX_ADDRESSES = 1_000_000  # characters of all links and pictures: one definition can be used a thousand times
# Chinese and Japanese put no space between words: each character counts as a word. One reads 255 Chinese
# characters or 228 English words a minute (Trauzettel-Klosinski and Dietz 2012), so one speed serves both.
UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
WORD = re.compile(f"[{UNSPACED}]|[^\\s{UNSPACED}]+")
NEWLINE = re.compile("\r\n|\r")
PARAGRAPHS = re.compile(r"(?<!\n)\n\n")
# Who has only a keyboard scrolls what can be focused.
TABLE = '<div class="table-scroll" tabindex="0"><table>\n'
# Lists and quotes run as their words do: no style can tell on which side the marks and the bar belong.
DIRECTIONS = {tag: {"dir": "auto"} for tag in ("blockquote", "ol", "ul")}

POST_CLEANER = nh3.Cleaner(
    tags=set(
        "a blockquote br code del div em h1 h2 h3 h4 h5 h6 hr img input label li ol p pre s section span strong "
        "sup table tbody td th thead tr ul".split()
    ),
    attributes={
        "a": {"href", "title", "id", "class", "aria-label"},
        "code": {"class"},
        "div": {"class"},
        "img": {"src", "alt", "title"},
        "input": {"type", "checked", "disabled", "class"},
        "li": {"id", "class"},
        "ol": {"start", "class"},
        "section": {"class"},
        "span": {"class"},
        "sup": {"class"},
        "td": {"class"},
        "th": {"class"},
        "ul": {"class"},
    }
    | {f"h{level}": {"id"} for level in range(1, 7)},
    tag_attribute_values={"div": {"tabindex": {"0"}}, "img": {"loading": {"lazy"}, "decoding": {"async"}}},
    set_tag_attribute_values={"pre": {"tabindex": "0"}} | DIRECTIONS,
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)
COMMENT_CLEANER = nh3.Cleaner(
    tags=set("a blockquote br code em p pre strong".split()),
    attributes={"a": {"href", "title"}},
    set_tag_attribute_values={"blockquote": DIRECTIONS["blockquote"]},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow ugc noopener",
)
TEXT_CLEANER = nh3.Cleaner(tags=set())


@dataclass(frozen=True)
class Rendered:
    """What a text becomes: its HTML, its number of words, and its first words as plain text.

    is_whole is false for Markdown that can't be shown as such and became plain text.
    """

    html: str
    words: int
    excerpt: str
    is_whole: bool = True


def render(source, body_format):
    """Return the Rendered form of a post's text; body_format is "markdown" or "plain". Never raises for any text."""
    if body_format == "plain":
        return plain_text(source)
    tokens = POST_MARKDOWN.parse(source, env := {})
    if addresses(tokens) > MAX_ADDRESSES:
        return plain_text(source, is_whole=False)
    html = POST_MARKDOWN.renderer.render(tokens, POST_MARKDOWN.options, env)
    return Rendered(POST_CLEANER.clean(html), len(WORD.findall(all_text(tokens))), first_words(prose(tokens)))


def plain_text(source, is_whole=True):
    """Return the Rendered form of a text without marks."""
    return Rendered(plain_html(source), number_of_words(source), first_words(source), is_whole)


def render_comment(source, body_format):
    """Return a comment's HTML: of Markdown only emphasis, code, quotes and links, whose targets gain nothing."""
    return plain_html(source) if body_format == "plain" else comment_html(source)


@lru_cache(maxsize=32)  # a form looks at what it becomes, then the model stores it
def comment_html(source):
    return COMMENT_CLEANER.clean(COMMENT_MARKDOWN.render(source))


def text_of(html):
    """Return the text of sanitised HTML, without its tags."""
    return unescape(TEXT_CLEANER.clean(html))


def trusted(html):
    """Mark HTML that this module made, and the database kept, as safe to show."""
    return mark_safe(html)


def plain_html(source):
    """Return escaped text in paragraphs; with `white-space: pre-wrap` every line break and space shows as typed.

    An empty line ends a paragraph, further ones open the next as line breaks (Django's
    linebreaks drops them).
    """
    if "\r" in source:
        source = NEWLINE.sub("\n", source)
    paragraphs = PARAGRAPHS.split(source) if "\n\n" in source else [source]
    return "\n".join("<p>{}</p>".format(escape(text).replace("\n", "<br>")) for text in paragraphs if text)


def first_words(text):
    """Return the first 40 words on one line, with an ellipsis where there are more."""
    text = first_line(text)
    last = next(islice(WORD.finditer(text), EXCERPT_WORDS - 1, None), None)
    head = text[: min(last.end() if last else len(text), EXCERPT_CHARACTERS)]
    return head if head == text else head.rstrip(" ,;:.–—-") + "…"


def number_of_words(text):
    if text.isascii() and len(text) <= LONG:  # a sixth of the time
        return len(text.split())
    return sum(1 for _word in WORD.finditer(text))  # without a list of them: an old text can have 16 MB


def first_line(text):
    """Return a text on one line, its spaces single; of a long one as much as an excerpt can need."""
    size = 10 * EXCERPT_CHARACTERS
    while True:
        line = " ".join(text[:size].split())
        if size >= len(text) or len(line) > EXCERPT_CHARACTERS + 1:
            return line
        size *= 10


def addresses(tokens):
    """Return how many characters the links and pictures of a text have in all."""
    children = (child for token in tokens for child in token.children or ())
    return sum(len(str(value)) for child in children for value in child.attrs.values())


def all_text(tokens):
    """Return every word that a reader sees, code included."""
    return "\n".join(inline_text(token) if token.type == "inline" else token.content for token in tokens)


def prose(tokens):
    """Return the running text for an excerpt: no headings, tables, code, footnotes; where that is nothing, all."""
    texts, skipping = [], 0
    for token in tokens:
        if token.type in ("heading_open", "heading_close", "table_open", "table_close"):
            skipping += token.nesting
        elif token.type == "footnote_block_open":
            break
        elif token.type == "inline" and not skipping:
            texts.append(inline_text(token))
    return "\n".join(texts) or all_text(tokens)


def inline_text(token):
    """Return the words of an inline token without its marks."""
    shown = {"text": "{}", "code_inline": "{}", "softbreak": " ", "hardbreak": " "}
    return "".join(shown.get(child.type, "").format(child.content) for child in token.children)


def image(self, tokens, index, options, env):
    """Render a picture that loads when it comes into view, by https: the pages' policy lets no other in."""
    source = re.sub(r"(?i)^http://", "https://", str(tokens[index].attrGet("src")))
    tokens[index].attrs |= {"src": source, "loading": "lazy", "decoding": "async"}
    return self.image(tokens, index, options, env)


def post_markdown():
    """Return the parser for posts: CommonMark with tables, strikethrough, footnotes, anchors, links and task lists."""
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "highlight": coloured})
    parser.enable(["table", "strikethrough", "linkify"])
    parser.use(footnote_plugin)
    parser.linkify = BoundedLinkify()
    parser.core.ruler.before("inline", "bound_blocks", bound_blocks)
    parser.core.ruler.push("bound_code", bound_code)
    parser.core.ruler.after("inline", "task_lists", task_lists)
    parser.core.ruler.push("below_the_title", below_the_title)
    parser.add_render_rule("image", image)
    for name, rule in footnotes.RULES.items():
        parser.add_render_rule(name, rule)
    parser.add_render_rule("table_open", lambda *_: TABLE)
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return parser


def comment_markdown():
    """Return the parser for comments, where every other mark stays text and a line break is one."""
    parser = MarkdownIt("zero", {"html": False, "linkify": True, "breaks": True})
    parser.enable(["blockquote", "fence", "backticks", "emphasis", "link", "autolink", "linkify", "newline", "escape"])
    parser.linkify = BoundedLinkify()
    return parser


POST_MARKDOWN, COMMENT_MARKDOWN = post_markdown(), comment_markdown()
