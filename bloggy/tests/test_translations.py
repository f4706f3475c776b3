"""The translations in locale/: they hold what the sources say, all of it, and what is compiled is what is written."""

import gettext
import re
import subprocess

import pytest

from bloggy.tests.processes import ROOT, copy_project
from bloggy.tests.servers import installed

CATALOGS = sorted(path.relative_to(ROOT) for path in ROOT.glob("locale/*/LC_MESSAGES/django.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%%|<[^>]*>|\n")
ASKED = re.compile(r"""\b_\((["'])(.*?)\1\)""")
ALIAS = re.compile(r"gettext\w* as (?!_\b)\w+")


@pytest.fixture(scope="module")
def updated(tmp_path_factory):
    """A copy of the project after bin/translate."""
    installed("xgettext", "gettext")
    folder = copy_project(tmp_path_factory.mktemp("translate") / "my blog")
    done = subprocess.run([folder / "bin" / "translate"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return folder


def messages(path):
    """Return {message: [its translations, one or each plural]} of a compiled catalog; the header is left out."""
    with path.open("rb") as file:
        catalog = gettext.GNUTranslations(file)._catalog
    found = {}
    for key, text in catalog.items():
        found.setdefault(key[0] if isinstance(key, tuple) else key, []).append(text)
    del found[""]
    return found


@pytest.mark.parametrize("path", CATALOGS, ids=str)
def test_a_catalog_holds_every_word_of_the_sources_and_no_other(updated, path):
    assert (updated / path).read_text() == (ROOT / path).read_text(), "run bin/translate, and translate what is new"


@pytest.mark.parametrize("path", CATALOGS, ids=str)
def test_every_word_is_translated_and_nobody_left_it_to_a_guess(path):
    source = (ROOT / path).read_text()

    assert "fuzzy" not in source
    assert not re.findall(r'^(?:#.*\n)*msgid .*\n(?:".*\n|msgid_plural .*\n)*msgstr(?:\[\d\])? ""\n(?!")', source, re.M)


@pytest.mark.parametrize("path", CATALOGS, ids=str)
def test_what_is_compiled_is_what_is_written(updated, path):
    compiled = path.with_suffix(".mo")

    assert messages(updated / compiled) == messages(ROOT / compiled)


@pytest.mark.parametrize("path", CATALOGS, ids=str)
def test_values_and_marks_are_the_same_in_the_translation(path):
    for message, translations in messages((ROOT / path).with_suffix(".mo")).items():
        for translation in translations:
            assert sorted(PLACEHOLDER.findall(translation)) == sorted(PLACEHOLDER.findall(message)), message


def test_german_is_there_and_speaks_of_posts_in_german():
    german = messages(ROOT / "locale/de/LC_MESSAGES/django.mo")

    assert len(german) > 250
    assert german["%(number)s post"] == ["%(number)s Beitrag", "%(number)s Beiträge"]


def test_the_catalog_holds_what_templates_ask_for_also_where_xgettext_might_miss_it():
    templates = [path.read_text() for path in (ROOT / "templates").rglob("*.html")]
    asked = {text for template in templates for _quote, text in ASKED.findall(template)}

    assert len(asked) > 100
    assert asked - set(messages(ROOT / "locale/de/LC_MESSAGES/django.mo")) == set()


def test_gettext_bears_no_name_by_which_xgettext_would_miss_its_texts():
    sources = [path for app in ("accounts", "blog", "bloggy") for path in (ROOT / app).rglob("*.py")]

    assert [path for path in sources if ALIAS.search(path.read_text())] == []
