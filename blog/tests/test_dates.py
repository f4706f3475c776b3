"""Dates as machines and readers read them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.template import engines
from django.utils import translation
from django.utils.timezone import override

from blog.dates import day, iso, minute

PLUS_TWO = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2024, 5, 1, 12, 0, 7, 123456, UTC), "2024-05-01T12:00:07+0000"),
        (datetime(999, 1, 2, tzinfo=UTC), "0999-01-02T00:00:00+0000"),
        (datetime(2024, 5, 1, 12, tzinfo=PLUS_TWO), "2024-05-01T12:00:00+0200"),
    ],
)
def test_a_moment_is_written_to_the_second_with_its_zone(moment, text):
    assert iso(moment) == text


def test_in_a_template_it_is_in_the_sites_zone():
    template = engines["jinja2"].from_string("{{ moment|iso }}")

    assert template.render({"moment": datetime(2024, 5, 1, 12, tzinfo=PLUS_TWO)}) == "2024-05-01T10:00:00+0000"


def test_a_moment_is_shown_in_the_language_and_the_zone_of_the_page():
    moment = datetime(2024, 5, 1, 23, 30, tzinfo=UTC)

    with translation.override("de"), override(PLUS_TWO):
        shown = day(moment), minute(moment)

    assert shown == (
        '<time datetime="2024-05-02T01:30:00+0200">2. Mai 2024</time>',
        '<time datetime="2024-05-02T01:30:00+0200">2. Mai 2024 01:30 UTC+02:00</time>',
    )
    assert day(moment) == '<time datetime="2024-05-01T23:30:00+0000">May 1, 2024</time>'
