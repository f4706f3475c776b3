"""What stands around every answer: HEAD, headers, health, bounds. Each is constant, so each is cheap."""

from django.conf import settings
from django.http import HttpResponse

from bloggy.health import not_ready
from bloggy.views import too_large

COMMON_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'; manifest-src 'self'; connect-src 'self'; "
)
# No script runs there that could connect; but Chromium's tools, Lighthouse among them, read robots.txt by that right.
PUBLIC_POLICY = COMMON_POLICY + "script-src 'none'; img-src 'self' https:"
ADMIN_POLICY = COMMON_POLICY + "script-src 'self'; img-src 'self'"
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class Head:
    """Answer HEAD without a body, its length kept: gunicorn warns of each one that it has to drop."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method == "HEAD" and not response.streaming and response.status_code != 304:
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response


class Bounds:
    """Refuse what says that it is too large, unread: Django bounds a form's fields, but writes files of any size."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0  # as Django has it, which then reads nothing
        return too_large(request) if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE else self.get_response(request)


class Health:
    """Answer /healthz and /readyz before anything looks at the host, the scheme or a session."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path == "/healthz":
            return self.plain("ok")
        if request.path == "/readyz":
            reason = not_ready()
            return self.plain(reason or "ready", 503 if reason else 200)
        return self.get_response(request)

    @staticmethod
    def plain(text, status=200):
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return HttpResponse(f"{text}\n", "text/plain; charset=utf-8", status, headers=headers)


class Headers:
    """Give every answer its policies; it stands before whitenoise, or static files would lack them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if settings.DEBUG and response.status_code >= 400:
            return response  # Django's debug pages carry their style and script inline
        if "Content-Security-Policy" not in response.headers:  # a kept page has it
            set_policies(response.headers, request.path)
        return response


def set_policies(headers, path):
    """Set the policies of a path's answer."""
    headers["Content-Security-Policy"] = ADMIN_POLICY if path.startswith("/admin/") else PUBLIC_POLICY
    headers["Permissions-Policy"] = PERMISSIONS_POLICY
