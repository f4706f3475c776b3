"""Parts of a page that are a reader's own."""

from types import SimpleNamespace

import pytest
from django.template import Context, Engine
from django.template.context import make_context
from django.test import RequestFactory

from bloggy.templatetags.own import MARK, fill

LIBRARIES = {"own": "bloggy.templatetags.own"}


def template_of(text, **options):
    return Engine(libraries=LIBRARIES, **options).from_string("{% load own %}" + text)


def made_for_all(template, **values):
    """Return the text with a MARK for each part, and the parts."""
    request = RequestFactory().get("/")
    request.own_parts = []
    return template.render(make_context(values, request)), request.own_parts


@pytest.mark.parametrize("owner", [None, "", 0])
def test_a_part_of_nobody_is_shown_to_nobody(owner):
    template = template_of("{% own of=owner %}secret{% endown %}")
    nobody, somebody = SimpleNamespace(pk=None), SimpleNamespace(pk=1)

    text, parts = made_for_all(template, owner=owner)

    assert text == MARK
    for user in (nobody, somebody):
        assert template.render(Context({"owner": owner, "user": user})) == ""
        assert fill(text, parts, make_context({"user": user}, RequestFactory().get("/"))) == ""


def test_an_error_in_a_part_is_told_as_it_is_with_debug():
    text, parts = made_for_all(template_of("{% own %}{% for row in user.rows %}{% endfor %}{% endown %}", debug=True))
    broken = SimpleNamespace(rows=1)

    with pytest.raises(TypeError, match="not iterable"):
        fill(text, parts, make_context({"user": broken}, RequestFactory().get("/")))
