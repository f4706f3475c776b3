"""Language and time zone, settled once for a page."""

from django.utils import timezone, translation
from django.utils.translation import trans_real

from bloggy.middleware import Language


def settled():
    """Return the language and the time zone that are set in this thread; None where Django would take the setting's."""
    language = getattr(trans_real._active, "value", None)
    return language and language.to_language(), getattr(timezone._active, "value", None)


def test_a_page_is_made_in_the_language_and_the_zone_of_the_settings(settings):
    settings.LANGUAGE_CODE, settings.TIME_ZONE = "de", "Europe/Berlin"

    language, zone = Language(lambda request: settled())(None)

    assert (language, zone.key) == ("de", "Europe/Berlin")


def test_what_was_set_before_is_left_as_it_was():
    with translation.override("de"), timezone.override("Europe/Berlin"):
        before = settled()
        Language(lambda request: None)(None)

        assert settled() == before
