"""What every template may use."""

from django.conf import settings


def site(request):
    """Return the blog's name and the absolute address of this page without its query."""
    return {"site_name": settings.SITE_NAME, "canonical_url": settings.SITE_URL + request.path}
