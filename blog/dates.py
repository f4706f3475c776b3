"""Dates in pages, for machines and for readers."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html


def iso(moment):
    """Write a moment as HTML's <time> takes it (ISO 8601, to the second, with its zone)."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}{moment:%z}"


def day(moment):
    """Show a moment's date as a <time>, in the current language and time zone."""
    return element(moment, "DATE_FORMAT")


def minute(moment):
    """Show a moment's date and time as a <time>, with its zone."""
    return element(moment, "DATETIME_FORMAT", "T")


def element(moment, *formats):
    """Show a moment as a <time> by Django's names of formats."""
    local = timezone.localtime(moment)
    shown = " ".join(date_format(local, each) for each in formats)
    return format_html('<time datetime="{}">{}</time>', iso(local), shown)
