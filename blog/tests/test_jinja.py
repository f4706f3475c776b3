"""What the templates of pages can use."""

import os

import pytest
from django.template import TemplateDoesNotExist, engines
from django.template.loader import get_template
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import override
from jinja2 import FileSystemLoader

from blog.jinja import environment

HOSTILE = """<script>alert("1")</script> & 'quotes' {{ 7 * 7 }} %(name)s"""


def rendered(source, **values):
    return engines["jinja2"].from_string(source).render(values)


@pytest.mark.parametrize("text", [HOSTILE, "plain", "", 7, None])
def test_what_people_wrote_is_escaped_as_django_does_it(text):
    macro = "{% macro shown(text) %}{{ text }}{% endmacro %}"

    assert rendered("{{ text }}", text=text) == escape(text)
    assert rendered(macro + "{{ shown(text) }}", text=text) == escape(text)
    assert rendered("{% set text = text %}{{ '' ~ text }}", text=text) == escape(text)


def test_what_the_renderer_marked_as_safe_is_html():
    assert rendered("{{ html }}", html=mark_safe("<p>It’s safe.</p>")) == "<p>It’s safe.</p>"


class Message:
    """As Django's messages are: no HTML itself, but its text is."""

    def __str__(self):
        return format_html("<b>{}</b>", HOSTILE)


def test_what_becomes_a_text_that_is_marked_as_safe_is_html():
    assert rendered("{{ message }}", message=Message()) == f"<b>{escape(HOSTILE)}</b>"


def test_values_in_words_are_escaped_and_their_marks_kept():
    source = """{{ _('In a comment by <span dir="auto">%(name)s</span>')|format(name=name) }}"""

    assert rendered(source, name=HOSTILE) == f'In a comment by <span dir="auto">{escape(HOSTILE)}</span>'
    with override("de"):
        assert rendered(source, name="Ann") == 'In einem Kommentar von <span dir="auto">Ann</span>'


def test_values_in_plain_text_make_no_html_of_it():
    assert rendered("{{ text|format(name=name) }}", text="<%(name)s>", name="<b>") == "&lt;&lt;b&gt;&gt;"


def test_what_is_missing_is_empty():
    assert rendered("{{ none|date }}{{ nothing|date('Y') }}") == ""
    assert rendered("<{{ nothing }}{{ nothing.of.it }}{% if nothing %}x{% endif %}>") == "<>"


def test_an_address_in_a_query_is_quoted_whole():
    assert (
        rendered("{{ path|urlencode }} {{ path|urlencode('') }}", path="/é?a&b") == "/%C3%A9%3Fa%26b %2F%C3%A9%3Fa%26b"
    )


@pytest.mark.parametrize("name", ["admin/base_site.html", "registration/password_reset_email.txt"])
def test_the_templates_of_the_admin_and_of_mails_stay_djangos(name):
    with pytest.raises(TemplateDoesNotExist):
        engines["jinja2"].get_template(name)

    assert get_template(name).backend is engines["django"]


def test_a_template_that_was_changed_is_read_again_where_it_is_asked_to(tmp_path):
    pages = environment(FileSystemLoader(tmp_path), auto_reload=True, autoescape=True)
    page = tmp_path / "page.html"
    shown = []
    for text in ("One", "Two"):
        page.write_text(text)
        os.utime(page, (len(shown), len(shown)))
        shown.append(pages.get_template("page.html").render())

    assert shown == ["One", "Two"]
