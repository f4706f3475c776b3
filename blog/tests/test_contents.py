import time

import pytest

from blog.contents import MOST_ENTRIES, contents
from blog.markdown import render
from blog.tests.factories import PostFactory

THREE = "# One\n\n## Two\n\n## Three\n\n"
LONG = "word " * 600


def of(source, words=600):
    """Return the contents of a text as (id, text, [(id, text), …])."""
    return [
        (entry.id, entry.text, [(below.id, below.text) for below in entry.below])
        for entry in contents(render(source, "markdown").html, words)
    ]


def test_they_hold_the_headings_in_two_levels():
    source = "# A & *b*\n\n## C `d`\n\n### Deeper\n\n## День\n\n# [E](http://a)\n"

    assert of(source) == [
        ("a-b", "A & b", [("c-d", "C d"), ("день", "День")]),
        ("e", "E", []),
    ]


def test_a_lower_heading_that_comes_first_stands_by_itself():
    assert of("## A\n\n# B\n\n## C\n") == [("a", "A", []), ("b", "B", [("c", "C")])]


@pytest.mark.parametrize(("source", "words"), [(THREE, 599), ("# One\n\n## Two\n\n", 600), ("None.", 5000)])
def test_a_short_post_and_one_of_few_headings_have_none(source, words):
    assert of(source, words) == []


def test_headings_in_quotes_lists_and_footnotes_are_left_out():
    source = THREE + "> # Quoted\n\n- # Listed\n\nNote[^1]\n\n[^1]: # Noted\n\n# Last\n"

    assert of(source) == [("one", "One", [("two", "Two"), ("three", "Three")]), ("last", "Last", [])]


def test_a_heading_is_told_by_its_words_alone():
    source = THREE + "# Noted[^1] &lt;b&gt;\n\n# ![a cat](/x)\n\n# ![](/x)\n\n#\n\n[^1]: n\n"

    assert [text for _id, text, _below in of(source)] == ["One", "Noted <b>", "a cat"]


def test_a_long_heading_is_cut():
    (_one, (_id, text, _below)) = of(THREE + "# " + "word " * 100)

    assert len(text) <= 120
    assert text.endswith("word…")


def test_of_very_many_headings_the_upper_ones_count_and_of_those_the_first_hundred():
    few_above = of("# A\n\n## B\n\n" * 60)
    many_above = of("# A\n\n" * 150)

    assert [len(below) for _id, _text, below in few_above] == [0] * 60
    assert len(many_above) == MOST_ENTRIES


@pytest.mark.parametrize("unit", ["# a\n", "- a\n", "## a\n", "> a\n\n", "a ", "<h2 id="])
def test_nobody_waits_for_the_contents_of_a_hostile_text(unit):
    part = render("# x\n\n" + unit * (10_000 // len(unit)), "markdown").html
    html = part * 20  # as of 200,000 characters, whose rendering is looked at in test_markdown.py
    began = time.process_time()

    contents(html, 600)

    assert time.process_time() - began < 0.5  # seconds; usually 0.05


@pytest.mark.django_db
def test_a_long_posts_page_has_them_and_every_entry_leads_to_a_heading(client):
    post = PostFactory(body=f"# Ein Weg\n\n{LONG}\n\n## День 1\n\n# <b>\n")

    page = client.get(post.get_absolute_url()).content.decode()

    assert '<nav class="contents" aria-labelledby="contents-title">' in page
    assert '<ol dir="auto">' in page
    assert '<li><a href="#ein-weg">Ein Weg</a>' in page
    assert '<a href="#%D0%B4%D0%B5%D0%BD%D1%8C-1">День 1</a>' in page
    assert '<a href="#b">&lt;b&gt;</a>' in page
    assert '<h3 id="день-1">' in page


@pytest.mark.django_db
@pytest.mark.parametrize("state", [{"body": THREE}, {"body": THREE + LONG, "body_format": "plain"}])
def test_a_short_posts_page_and_an_old_ones_have_none(client, state):
    assert b'class="contents"' not in client.get(PostFactory(**state).get_absolute_url()).content


@pytest.mark.django_db
def test_feeds_have_none(client):
    PostFactory(body=THREE + LONG)

    assert b"contents-title" not in client.get("/feed/").content
