"""The token of a page's forms."""

import re


def token_of(response):
    """Return what the first form of an answer sends as its token."""
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', response.content.decode())[1]
