"""What belongs to no app: the icons, and error pages in the blog's design that ask nothing of the database."""

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, InternalError, OperationalError
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from bloggy.database import is_outage

RETRY_AFTER = 5  # seconds


def favicon(request):
    """Lead to the icon; browsers ask for it by this name on pages that name none, such as the admin's."""
    return redirect(static("favicon.ico"))


@require_safe
def manifest(request):
    """Say how the blog looks on a home screen (https://www.w3.org/TR/appmanifest/)."""
    squares = [(size, purpose) for size in (192, 512) for purpose in ("any", "maskable")]
    icons = [
        {"src": static(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size, purpose in squares
    ]
    start = reverse("blog:post_list")
    content = {"name": settings.SITE_NAME, "lang": get_language(), "id": start, "start_url": start, "scope": start}
    look = {"display": "minimal-ui", "background_color": "#fcfbf8", "theme_color": "#fcfbf8"}
    return JsonResponse(content | look | {"icons": icons}, content_type="application/manifest+json")


def bad_request(request, exception):
    """Answer 400, also where the host isn't ours, or 413 where a form is too large."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return render(request, "400.html", status=400)


def too_large(request):
    """Answer 413."""
    return render(request, "413.html", status=413)


def csrf_failure(request, reason=""):
    """Answer 403 to a form whose token is missing or old.

    A view that would keep what was typed answers itself: by its attribute csrf_failed, a view of the same arguments.
    A form of the admin can be sent again as it is. What another site's page sent is not shown at all.
    """
    match = request.resolver_match
    if reason.startswith(("Origin checking", "Referer checking")):
        return render(request, "403_csrf.html", status=403)
    if callable(keep := getattr(match and match.func, "csrf_failed", None)):
        return keep(request, *match.args, **match.kwargs)
    if match and match.app_name == "admin" and request.user.is_staff:
        return send_again(request)
    return render(request, "403_csrf.html", status=403)


def send_again(request, action=None):
    """Answer 403 with what was sent, but its passwords, in a form to send once more, there or to another address."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]
    context = {"fields": fields, "action": action}
    return render(request, "send_again.html", context, status=403)


def server_error(request):
    """Answer 500, or 503 with Retry-After where the reason is that PostgreSQL is away."""
    error = sys.exception()
    if isinstance(error, (OperationalError, InterfaceError, InternalError)) and is_outage(error):
        response = render(request, "503.html", status=503)
        response.headers["Retry-After"] = str(RETRY_AFTER)
        return response
    return render(request, "500.html", status=500)
