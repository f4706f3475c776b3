from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog import markdown
from blog.absolute import absolute, first_picture

BASE = "https://blog.example/post/a/"


def addresses(html):
    """Return every address in HTML as a browser finds them."""
    found = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag, attributes):
            found.extend(value for name, value in attributes if name in ("href", "src"))

    Parser().feed(html)
    return found


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/x", "https://blog.example/x"),
        ("y/z?q=1&amp;r=2", "https://blog.example/post/a/y/z?q=1&amp;r=2"),
        ("#fn1", "https://blog.example/post/a/#fn1"),
        ("?before=1-1", "https://blog.example/post/a/?before=1-1"),
        ("//other.example/x", "https://other.example/x"),
        ("http://other.example/x", "http://other.example/x"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("", BASE),
        ("http://[", BASE),
    ],
)
def test_an_address_becomes_absolute(address, expected):
    assert absolute(f'<a title="t" href="{address}">x</a>', BASE) == f'<a title="t" href="{expected}">x</a>'


@pytest.mark.parametrize("html", ['<p>say href="x" or src="y"</p>', '<a title=" href=&quot;x">z</a>', "<code>a</code>"])
def test_what_only_looks_like_an_address_stays(html):
    assert absolute(html, BASE) == html


def test_a_picture_loads_as_its_reader_likes():
    html = markdown.render("![a > b](c.png 'd\" src=')", "markdown").html

    assert absolute(html, BASE) == html.replace('"c.png"', f'"{BASE}c.png"').replace(' loading="lazy"', "")


@given(st.text("[]()!<>\"'#/:?&. ax\\\n`^", max_size=60) | st.text(max_size=60))
def test_every_address_of_any_text_is_what_a_browser_makes_of_it_on_the_page(text):
    html = markdown.render(f"[a]({text}) ![b]({text}) {text}", "markdown").html

    assert addresses(absolute(html, BASE)) == [urljoin(BASE, address) for address in addresses(html)]


def test_the_first_picture_is_found():
    html = markdown.render("[a](b.png)\n\n![c](/d.png?e=1&f=2) ![g](h.png)", "markdown").html

    assert first_picture(html, BASE) == "https://blog.example/d.png?e=1&f=2"
    assert first_picture("<p>none</p>", BASE) == ""
