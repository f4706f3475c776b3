"""The parts of a page that are the same on every page."""

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

FRAME = Template("{% load i18n once %}{% once site_name %}{% translate 'Yes' %} {{ site_name }}{{ user }}{% endonce %}")


class Counted:
    shown = 0

    def __str__(self):
        self.shown += 1
        return "Bloggy"


def test_it_is_rendered_once():
    name = Counted()

    pages = [FRAME.render(Context({"site_name": name})) for _page in range(2)]

    assert (pages, name.shown) == (["Yes Bloggy"] * 2, 1)


def test_it_is_rendered_once_also_where_a_tag_sets_a_variable():
    frame, name = (
        Template("{% load once %}{% once site_name %}{% now 'Y' as year %}{{ site_name }}{% endonce %}"),
        Counted(),
    )

    pages = [frame.render(Context({"site_name": name})) for _page in range(2)]

    assert (pages, name.shown) == (["Bloggy"] * 2, 1)


def test_another_name_or_language_is_shown():
    assert FRAME.render(Context({"site_name": "One"})) == "Yes One"
    assert FRAME.render(Context({"site_name": "Two"})) == "Yes Two"
    with translation.override("de"):
        assert FRAME.render(Context({"site_name": "Two"})) == "Ja Two"


def test_nothing_else_of_a_page_gets_into_it():
    assert FRAME.render(Context({"site_name": "Bloggy", "user": "Ann"})) == "Yes Bloggy"


def test_a_block_is_refused_in_it():
    with pytest.raises(TemplateSyntaxError, match="block"):
        Template("{% load once %}{% once %}<p>{% block main %}{% endblock %}</p>{% endonce %}")
