"""The addresses of pages, kept: a list shows dozens, and Django works out each anew."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(10_000)
def address(view, *args):
    """Return the path of a view's page, as reverse() does."""
    return reverse(view, args=args)
