"""What every template may use."""

from django.conf import settings
from django.utils.encoding import escape_uri_path


def site(request):
    """Return the blog's name, what absolute addresses start with, and this page's own one without its query."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "canonical_url": settings.SITE_URL + escape_uri_path(request.path),
    }
