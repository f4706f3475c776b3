"""The addresses of pages, kept: a list shows dozens, and Django works out each anew."""

from functools import cache, lru_cache

from django.templatetags.static import static
from django.urls import reverse


@lru_cache(10_000)
def address(view, *args):
    """Return the path of a view's page, as reverse() does."""
    return reverse(view, args=args)


@cache
def static_address(path):
    """Return the path of a static file, as {% static %} does."""
    return static(path)
