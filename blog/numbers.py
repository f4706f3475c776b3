"""Numbers with their words, kept: a list shows dozens, and the same ones each time."""

from functools import lru_cache

from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _


def min_read(minutes):
    """Say how long reading takes."""
    return reading_time(minutes, get_language())


def number_of_posts(number):
    """Show how many posts something has."""
    return count_of_posts(number, get_language())


def posts_found(number):
    """Say how many posts there are."""
    return ngettext("%(number)s post", "%(number)s posts", number) % {"number": localize(number)}


def number_of_comments(number):
    """Say how many comments there are."""
    return ngettext("%(number)s comment", "%(number)s comments", number) % {"number": localize(number)}


@lru_cache(1000)
def reading_time(minutes, language):
    """Return the words for a number of minutes in a language, which is the current one."""
    return _("%(minutes)s min read") % {"minutes": localize(minutes)}


@lru_cache(10_000)
def count_of_posts(number, language):
    """Return the HTML for a number of posts in a language, which is the current one."""
    return format_html('<span class="count">{}</span>', posts_found(number))
