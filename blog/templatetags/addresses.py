"""Addresses of pages, kept."""

from django import template

from blog import addresses

register = template.Library()


@register.filter
def address(slug, view):
    """Return the path of a view's page, as {% url %} does; pages show dozens, and the same ones each time."""
    return addresses.address(view, slug)
