"""What tests of kept pages share."""

from blog import kept_pages


def forget():
    """Empty the memory."""
    kept_pages.plain.clear()
    kept_pages.queried.clear()


def is_hit(response):
    return response.headers.get("Cache-Status") == "bloggy; hit"
