import re

from django.utils import translation

from blog import footnotes
from blog.markdown import render

TWICE = "One[^a], two[^a] and three^[Other.].\n\n[^a]: The *note*."


def html(source):
    return render(source, "markdown").html


def test_the_notes_stand_below_in_a_section_with_a_heading():
    written = html(TWICE)

    heading, notes = "<h2>Footnotes</h2>", '<ol class="footnotes-list" dir="auto">\n<li id="fn1"'
    assert f'</p>\n<section class="footnotes">\n{heading}\n{notes}' in written
    assert written.endswith("</ol></section>\n")


def test_every_reference_leads_to_its_note_and_every_note_back_to_each_of_its_references():
    written = html(TWICE)

    references = re.findall(r'<sup class="footnote-ref"><a href="#(\w+)" id="([\w:]+)" aria-label="([^"]+)">', written)
    back = re.findall(r'<a href="#([\w:]+)" class="footnote-backref" aria-label="([^"]+)">', written)
    assert references == [
        ("fn1", "fnref1", "Footnote 1"),
        ("fn1", "fnref1:1", "Footnote 1"),
        ("fn2", "fnref2", "Footnote 2"),
    ]
    assert back == [
        ("fnref1", "Back to reference 1"),
        ("fnref1:1", "Back to reference 1-2"),
        ("fnref2", "Back to reference 2"),
    ]


def test_no_id_is_given_twice():
    ids = re.findall(r' id="([^"]+)"', html(f"# fn1\n\n## fnref1\n\n## Footnotes\n\n{TWICE}"))

    assert len(ids) == len(set(ids)) == 8


def test_the_words_are_the_sites_whatever_the_reader_speaks(settings, monkeypatch):
    asked = []
    monkeypatch.setattr(footnotes, "gettext", lambda text: asked.append(text) or f"{translation.get_language()} {text}")
    settings.LANGUAGE_CODE = "de"

    with translation.override("fr"):
        written = html(TWICE)

    assert "<h2>de Footnotes</h2>" in written
    assert 'aria-label="de Back to reference 1-2"' in written
    assert len(asked) == 3  # once for a text, however many notes it has


def test_a_text_without_notes_asks_for_no_words(monkeypatch):
    monkeypatch.setattr(footnotes, "gettext", None)

    assert html("None.") == "<p>None.</p>\n"


def test_a_translation_is_text_too(monkeypatch):
    monkeypatch.setattr(footnotes, "gettext", lambda text: '"><b>&')

    written = html(TWICE)

    assert '<h2>"&gt;&lt;b&gt;&amp;</h2>' in written
    assert 'aria-label="&quot;&gt;&lt;b&gt;&amp;"' in written
