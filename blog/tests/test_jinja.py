"""What the templates of pages can use."""

import os
from datetime import UTC, datetime

import pytest
from django.template import TemplateDoesNotExist, engines
from django.template.loader import get_template
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import override
from jinja2 import FileSystemLoader, UndefinedError
from jinja2.utils import Cycler

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


def test_words_are_those_of_the_language_in_which_a_page_is_made():
    page = get_template("blog/search.html").template

    with override("de"):
        german = get_template("blog/search.html").template
    again = get_template("blog/search.html").template

    assert again is page is not german
    assert [part.environment.globals["language"] for part in (page, german)] == ["en", "de"]
    assert [part.environment.globals["name_of_search"] for part in (page, german)] == ["Search", "Suche"]


def test_a_date_is_shown_in_the_time_zone_in_which_a_page_is_made():
    late = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)

    assert "Jan. 31" in rendered("{{ late|day }}", late=late)
    with timezone.override("Asia/Tokyo"):
        assert "Feb. 1" in rendered("{{ late|day }}", late=late)


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        ("{{ show() }}", "[][]"),
        ("{{ show(1, show(2)) }}", "[1, '[2][]'][]"),
        ("{{ show(1, b=2, c=3) }}", "[1][b=2 c=3]"),
        ("{{ show(class='x') }}", "[][class=x]"),
        ("{{ show(*[1, 2], **{'b': 3}) }}", "[1, 2][b=3]"),
        ("{{ thing.show(1) }}{{ thing['show'](2) }}", "[1][][2][]"),
        ("{% for n in [1, 2] %}{{ show(n, loop.index) }}{% endfor %}", "[1, 1][][2, 2][]"),
        ("{% macro of(a, b=7) %}<{{ a }}{{ b }}>{% endmacro %}{{ of(1) }}{{ of(1, b=2) }}", "<17><12>"),
        ("{% macro of() %}<{{ caller() }}>{% endmacro %}{% call of() %}{{ show(1) }}{% endcall %}", "<[1][]>"),
        ("{% macro of() %}<{{ kwargs['class'] }}>{% endmacro %}{{ of(class='x') }}", "<x>"),
        ("{{ cycle.next() }}{{ cycle.next() }}", "ab"),
    ],
)
def test_functions_are_called_as_the_template_says(call, shown):
    def show(*values, **named):
        return mark_safe(f"{list(values)}[{' '.join(f'{name}={value}' for name, value in named.items())}]")

    assert rendered(call, show=show, thing={"show": show}, cycle=Cycler("a", "b")) == shown


@pytest.mark.parametrize("call", ["{{ nothing() }}", "{{ nothing.of.it() }}", "{{ _(text) }}"])
def test_a_call_of_what_is_missing_is_an_error(call):
    with pytest.raises(UndefinedError):
        rendered(call, text="Search")


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
