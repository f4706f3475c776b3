"""Parts of a page that are a reader's own."""

from types import SimpleNamespace

import jinja2
import pytest
from django.test import RequestFactory

from bloggy.own import MARK, fill, own

NOBODY, SOMEBODY = SimpleNamespace(pk=None), SimpleNamespace(pk=1)


def template_of(text, part="secret"):
    environment = jinja2.Environment(loader=jinja2.DictLoader({"page": text, "part": part}), autoescape=True)
    environment.globals["own"] = own
    return environment.get_template("page")


def request_of(user):
    request = RequestFactory().get("/")
    request.user = user
    return request


def made_for_all(template, **values):
    """Return the text with a MARK for each part, and the parts."""
    request = request_of(NOBODY)
    request.own_parts = []
    return template.render(values, request=request, user=NOBODY), request.own_parts


@pytest.mark.parametrize("of", ["of=owner", "of=nothing_of_the_name", "of=none", "of=0"])
@pytest.mark.parametrize("owner", [None, "", 0])
def test_a_part_of_nobody_is_shown_to_nobody(of, owner):
    template = template_of("{{ own('part', OF) }}".replace("OF", of))

    text, parts = made_for_all(template, owner=owner)

    assert text == MARK
    for user in (NOBODY, SOMEBODY):
        assert template.render(owner=owner, user=user) == ""
        assert fill(text, parts, request_of(user)) == ""


def test_a_part_is_its_owners_alone():
    template = template_of("{{ own('part', of=owner) }}")
    text, parts = made_for_all(template, owner=1)

    assert template.render(owner=1, user=SOMEBODY) == fill(text, parts, request_of(SOMEBODY)) == "secret"
    assert template.render(owner=2, user=SOMEBODY) == fill(text, parts, request_of(NOBODY)) == ""


def test_a_part_sees_its_reader_and_the_values_that_are_named_and_nothing_else():
    template = template_of(
        "{% set seen = 1 %}<p>{{ own('part', name='<Ann>') }}</p>", "{{ name }} {{ user.pk }} {{ seen }} {{ other }}"
    )
    text, parts = made_for_all(template, other=2)

    assert text == f"<p>{MARK}</p>"
    assert fill(text, parts, request_of(SOMEBODY)) == "<p>&lt;Ann&gt; 1  </p>"
    assert template.render(other=2, user=SOMEBODY) == "<p>&lt;Ann&gt; 1  </p>"


def test_an_error_in_a_part_is_told_as_it_is():
    text, parts = made_for_all(template_of("{{ own('part') }}", "{% for row in user.rows %}{% endfor %}"))

    with pytest.raises(TypeError, match="not iterable"):
        fill(text, parts, request_of(SimpleNamespace(pk=1, rows=1)))
