"""A reader of a long post in Chromium: contents, headings, footnotes there and back, code and tables by keyboard."""

import pytest
from playwright.sync_api import expect

from blog.tests.factories import PostFactory

pytestmark = pytest.mark.browser
LONG = "\n\n".join(["word " * 60] * 12)
BODY = f"""A claim[^1] and again[^1].

{LONG}

## First

```
{"wide " * 60}
```

| {"wide" * 60} |
|---|
| x |

## День два

### Below

{LONG}

## Third

{LONG}

[^1]: The proof.
"""


@pytest.fixture
def post(page):
    page.set_viewport_size({"width": 390, "height": 700})
    post = PostFactory(body=BODY)
    page.goto(post.get_absolute_url())
    return post


def test_contents_unfold_and_lead_to_headings_that_are_links_themselves(page, post, complaints):
    contents = page.get_by_role("navigation", name="Contents")
    expect(contents.get_by_role("link")).to_have_count(0)

    contents.get_by_text("Contents").click()
    contents.get_by_role("link", name="День два").click()

    heading = page.get_by_role("heading", name="День два")
    expect(heading).to_be_in_viewport()
    there = page.url
    heading.get_by_role("link").click()
    assert page.url == there
    assert complaints == []


def test_in_a_page_from_right_to_left_the_name_stands_right_and_the_contents_run_as_their_words_do(page, post):
    page.evaluate("document.documentElement.dir = 'rtl'")
    page.get_by_text("Contents").click()

    def sides(selector):
        box = page.locator(selector).first.bounding_box()
        return box["x"], box["x"] + box["width"]

    assert sides(".site-header__name a")[1] == sides(".post__body")[1]
    assert page.locator(".contents a").first.evaluate("e => getComputedStyle(e).direction") == "ltr"
    assert sides(".contents ol ol a")[0] > sides(".contents a")[0]
    assert sides(".contents ol ol a")[1] == sides(".contents a")[1]


def test_a_footnote_jumps_there_and_back_to_the_place_that_was_left(page, post):
    again = page.get_by_role("link", name="Footnote 1").nth(1)

    again.click()
    expect(page.get_by_text("The proof.")).to_be_in_viewport()
    note = page.locator("#fn1")
    assert note.evaluate("e => getComputedStyle(e).backgroundColor") != "rgba(0, 0, 0, 0)"
    page.get_by_role("link", name="Back to reference 1-2").click()

    expect(again).to_be_in_viewport()


@pytest.mark.parametrize("selector", ["pre", ".table-scroll"])
def test_wide_code_and_tables_scroll_by_keyboard(page, post, selector):
    wide = page.locator(selector)
    wide.focus()

    for _ in range(5):
        page.keyboard.press("ArrowRight")

    page.wait_for_function("selector => document.querySelector(selector).scrollLeft > 0", arg=selector)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
