"""Dates for machines."""

from django import template

register = template.Library()


@register.filter(expects_localtime=True)
def iso(moment):
    """Write a moment as HTML's <time> takes it (ISO 8601, to the second, with its zone)."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}{moment:%z}"
