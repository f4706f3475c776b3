"""Numbers with their words, in the current language."""

from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def min_read(minutes):
    """Say how long reading takes."""
    return _("%(minutes)s min read") % {"minutes": localize(minutes)}


def number_of_posts(number):
    """Show how many posts something has."""
    return format_html('<span class="count">{}</span>', posts_found(number))


def posts_found(number):
    """Say how many posts there are."""
    return ngettext("%(number)s post", "%(number)s posts", number) % {"number": localize(number)}


def number_of_comments(number):
    """Say how many comments there are."""
    return ngettext("%(number)s comment", "%(number)s comments", number) % {"number": localize(number)}
