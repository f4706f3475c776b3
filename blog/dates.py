"""Dates in pages, for machines and for readers."""

from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import get_language


def iso(moment):
    """Write a moment as HTML's <time> takes it (ISO 8601, to the second, with its zone)."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}{moment:%z}"


def day(moment):
    """Show a moment's date as a <time>."""
    return element(moment, ("DATE_FORMAT",), get_language(), timezone.get_current_timezone())


def minute(moment):
    """Show a moment's date and time as a <time>, with its zone."""
    return element(moment, ("DATETIME_FORMAT", "T"), get_language(), timezone.get_current_timezone())


@lru_cache(10_000)
def element(moment, formats, language, zone):
    """Return a moment as a <time>, kept: a page shows dozens, and the same ones each time."""
    local = timezone.localtime(moment, zone)
    shown = " ".join(date_format(local, each) for each in formats)
    return format_html('<time datetime="{}">{}</time>', iso(local), shown)
