import pytest
from django.core.exceptions import ImproperlyConfigured

from bloggy.languages import KNOWN, checked
from bloggy.tests.test_settings import value_of


@pytest.mark.parametrize(
    ("given", "code"),
    [("de", "de"), ("pt-br", "pt-br"), ("pt_BR", "pt-br"), ("DE-AT", "de-at"), ("zh-Hans", "zh-hans"), ("ar", "ar")],
)
def test_every_language_of_django_and_its_regions_are_taken(given, code):
    assert checked(given) == code


@pytest.mark.parametrize("given", ["xx", "german", "de-", "de-1", "de-aut", "-at", "de at", "de-ät", "\0", "de-at-x"])
def test_anything_else_is_refused_with_examples_and_not_with_a_hundred_codes(given):
    with pytest.raises(ImproperlyConfigured, match=r"^SITE_LANGUAGE must be the code of a language .{,120}$"):
        checked(given)


def test_django_translates_itself_into_each_of_them(settings):
    from django.utils.translation import gettext, override

    assert len(KNOWN) > 90
    for code in KNOWN:
        with override(code):
            assert gettext("Log out")
    with override("de-at"):
        assert gettext("Log out") == "Abmelden"


@pytest.mark.parametrize(("code", "date"), [("de", "2. Mai 2024"), ("de-at", "2. Mai 2024"), ("ar", "2 مايو، 2024")])
def test_dates_follow_the_sites_language(code, date):
    shown = "__import__('django').setup() or __import__('django.utils.formats').utils.formats.date_format"

    assert value_of(f"({shown}(__import__('datetime').date(2024, 5, 2)))", SITE_LANGUAGE=code) == date
