import re
import time
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.markdown import EXCERPT_CHARACTERS, render, render_comment

ALLOWED_TAGS = re.compile(
    r"</?(a|blockquote|br|code|del|div|em|h[1-6]|hr|img|input|label|li|ol|p|pre|s|section|span|strong|sup|table"
    r"|tbody|td|th|thead|tr|ul)(\s[^<>]*)?>"
)
HOSTILE = [
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "<javascript:alert(1)>",
    "![x](data:text/html;base64,PHNjcmlwdD4=)",
    '<img src=x onerror="alert(1)">',
    "<svg onload=alert(1)>",
    '[x](http://a "onclick=alert(1)")',
    '```"><script>\ncode\n```',
    "| <script> |\n|---|\n| <b onclick=x> |",
    "[^<script>]: x\n\n[^<script>]",
]


def html(source):
    return render(source, "markdown").html


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>"),
        ("## Two words", '<h2 id="two-words"><a class="heading-link" href="#two-words">Two words</a></h2>'),
        ("http://example.com/a", '<a href="http://example.com/a">http://example.com/a</a>'),
        ("run manage.py", "<p>run manage.py</p>"),
        ("| a | b |\n|---|--:|\n| 1 | 2 |", '<td class="align-right">2</td>'),
        ("- [x] done", 'type="checkbox"> done</label>'),
        ("note[^1]\n\n[^1]: Here.", 'href="#fn1" id="fnref1"'),
        ("```a\nb\n```", '<pre tabindex="0"><code class="language-a">b'),
        ("    b", '<pre tabindex="0"><code>b'),
        ("| a |\n|---|", '<div class="table-scroll" tabindex="0"><table>'),
        ("```python\ndef f(): pass\n```", '<span class="k">def</span>'),
        ("```nolanguage\n<b>\n```", "&lt;b&gt;"),
        ("```\n```", '<pre tabindex="0"><code></code></pre>'),
        ("```nolanguage\n```", '<code class="language-nolanguage"></code>'),
        ("![a cat](https://example.com/cat.png)", 'alt="a cat" loading="lazy" decoding="async">'),
        ("![](/cat.png)", '<img src="/cat.png" alt="" loading="lazy" decoding="async">'),
        ("<b>raw</b>", "&lt;b&gt;raw&lt;/b&gt;"),
        ("- שלום", '<ul dir="auto">'),
        ("2. שלום", '<ol start="2" dir="auto">'),
        ("> שלום", '<blockquote dir="auto">'),
    ],
)
def test_markdown_becomes(source, expected):
    assert expected in html(source)


@pytest.mark.parametrize(
    ("source", "levels"),
    [
        ("# A\n## B", "23"),
        ("### A\n#### B", "23"),
        ("# A\n###### B\n###### C\n## D\n# E", "23332"),
        ("### A\n# B\n## C", "223"),
        ("# A\n## B\n### C\n#### D\n##### E\n###### F", "234566"),
        ("# A\n\n> ### B\n\n- #### C[^1]\n\n[^1]: ## D", "23423"),  # the second h2 is that of the footnotes
    ],
)
def test_headings_begin_one_below_the_title_and_leave_out_no_level(source, levels):
    assert "".join(re.findall(r"<h(\d)", html(source))) == levels


@pytest.mark.parametrize(
    "title",
    ["Comments", "Comments title", "Content", "Contents", "Contents title", "Related title", "Comment 12", "fn1", "🎈"],
)
def test_a_heading_never_takes_an_id_that_a_page_uses_itself(title):
    assert re.search(r'id="([^"]+)"', html(f"## {title}"))[1].endswith("section")


@pytest.mark.parametrize(
    ("title", "ids"), [("Same", ["same", "same-1"]), ("Comment", ["comment-section", "comment-section-1"])]
)
def test_two_headings_of_one_name_have_two_ids(title, ids):
    assert re.findall(r'id="([^"]+)"', html(f"## {title}\n\n## {title}")) == ids


@pytest.mark.parametrize("title", ["A [link](http://a)", "http://a.example", "A note[^1]\n\n[^1]: b", "![](/a)", ""])
def test_a_heading_that_has_a_link_or_no_words_is_no_link_itself(title):
    assert "heading-link" not in html(f"## {title}")


def test_a_heading_with_a_checkbox_is_no_link_either():
    assert "heading-link" not in html("- ## [x] done")


@pytest.mark.parametrize("title", ["день", "ﷺ" * 100, "a" * 5000])
def test_a_headings_own_link_is_ascii_and_bounded(title):
    found = re.search(r'<h2 id="([^"]+)"><a class="heading-link" href="#([^"]+)">', html(f"## {title}"))

    assert found[2].isascii()
    assert unquote(found[2]) == found[1]
    assert len(found[1]) <= 200


@pytest.mark.parametrize("source", HOSTILE)
@pytest.mark.parametrize("to_html", [html, lambda source: render_comment(source, "markdown")])
def test_hostile_text_stays_text(source, to_html):
    tags = re.findall(r"<[^>]*>", to_html(source))

    assert all(ALLOWED_TAGS.fullmatch(tag) for tag in tags), tags
    assert not any(re.search(r"(javascript|data):|\son\w+=", tag) for tag in tags), tags


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_any_text_renders_to_known_tags_only(source):
    for to_html in (html, lambda text: render_comment(text, "markdown"), lambda text: render(text, "plain").html):
        assert all(ALLOWED_TAGS.fullmatch(tag) for tag in re.findall(r"<[^>]*>", to_html(source)))


def test_plain_text_keeps_every_line_break_and_run_of_spaces():
    source = "a  *b* <b>\n  c\n\nd\n\n\n\ne\r\nf"

    rendered = render(source, "plain").html

    assert rendered == "<p>a  *b* &lt;b&gt;<br>  c</p>\n<p>d</p>\n<p><br><br>e<br>f</p>"


@pytest.mark.parametrize(
    ("source", "words"), [("", 0), ("one two", 2), ("汉字 and more", 4), ("# A b\n\n`c` d\n\n```\ne f\n```", 6)]
)
def test_words_are_counted_as_a_reader_sees_them(source, words):
    assert render(source, "markdown").words == words


def test_the_excerpt_is_the_first_forty_words():
    words = [f"w{n}" for n in range(50)]

    for body_format in ("markdown", "plain"):
        assert render(" ".join(words), body_format).excerpt == " ".join(words[:40]) + "…"
        assert render(" ".join(words[:40]), body_format).excerpt == " ".join(words[:40])


def test_the_excerpt_leaves_out_headings_tables_code_and_footnotes():
    source = "# Title\n\n| t |\n|---|\n| u |\n\n```\ncode\n```\n\nThe *text* [here](http://a).[^1]\n\n[^1]: A note."

    assert render(source, "markdown").excerpt == "The text here."


def test_the_excerpt_of_a_text_without_spaces_is_bounded():
    assert len(render("x" * 10_000, "markdown").excerpt) <= EXCERPT_CHARACTERS + 1
    assert render("汉" * 100, "plain").excerpt == "汉" * 40 + "…"


HOSTILE_UNITS = [
    "# a\n",
    "a\n=\n",
    "- [ ] a\n",
    "://",
    "http://a.b/((",
    "[",
    "![",
    "^[a",
    "[a]\n\n",
    "```make\naa\n```\n",
    "[^a]\n\n",
    "^[a]\n\n",
]


@pytest.mark.parametrize("unit", HOSTILE_UNITS)
def test_nobody_waits_long_for_a_hostile_text(unit):
    began = time.monotonic()

    html("[a]: /t\n\n[^a]: b\n\n" + unit * (50_000 // len(unit)))

    assert time.monotonic() - began < 15  # seconds; usually one, and 25 or more where the cost grows with the square


def test_links_that_multiply_become_plain_text():
    source = "[a]: /" + "t" * 10_000 + "\n\n" + "![a]\n\n" * 1000

    rendered = render(source, "markdown")

    assert not rendered.is_whole
    assert rendered.html.startswith("<p>[a]: /ttt")
    assert len(rendered.html) < 2 * len(source)


def test_a_paragraph_with_hundreds_of_brackets_stays_as_it_is_typed():
    source = "[a](http://b) *c* " * 501

    assert html(source) == f"<p>\n{source.strip()}</p>\n"
    assert html(source[:1800]).startswith('<p><a href="http://b">a</a> <em>c</em>')


@pytest.mark.parametrize(
    ("language", "length", "is_coloured"),
    [
        ("python", 15_000, True),
        ("py", 100, True),
        ("python", 21_000, False),
        ("java", 2990, True),
        ("java", 3100, False),
        ("basemake", 9, False),
    ],
)
def test_code_is_coloured_as_far_as_that_is_quick(language, length, is_coloured):
    code = ("x = 1\n" * 5000)[:length]

    assert ("<span" in html(f"```{language}\n{code}\n```")) is is_coloured


def test_colours_end_where_a_text_has_much_code():
    block = "```java\n" + "int a;\n" * 400 + "```\n"

    assert html(block * 4).count('<code class="language-java">') == 2


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("*a* `b`\nc", "<p><em>a</em> <code>b</code><br>\nc</p>"),
        ("> q", '<blockquote dir="auto">\n<p>q</p>\n</blockquote>'),
        ("[a](http://b)", '<a href="http://b" rel="nofollow ugc noopener">a</a>'),
        ("# h", "<p># h</p>"),
        ("- l", "<p>- l</p>"),
        ("![a](http://b)", '!<a href="http://b"'),
    ],
)
def test_a_comment_knows_few_marks_and_its_links_gain_nothing(source, expected):
    assert expected in render_comment(source, "markdown")


@pytest.mark.parametrize(
    "source", ["http://example.com/a.png", "HTTP://example.com/a.png", "https://example.com/a.png"]
)
def test_a_picture_is_asked_for_by_https_as_the_policy_wants_it(source):
    assert 'src="https://example.com/a.png"' in render(f"![a]({source})", "markdown").html


def test_a_link_stays_as_it_was_typed():
    assert 'href="http://example.com/"' in render("[a](http://example.com/)", "markdown").html
