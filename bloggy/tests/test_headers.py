"""The headers of every kind of answer."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.http import require_safe

from blog.tests.factories import PostFactory, UserFactory
from bloggy.tests.test_settings import PRODUCTION
from bloggy.urls import handler400, handler500, urlpatterns  # noqa: F401 -- this module is a ROOT_URLCONF


def broken(request):
    raise RuntimeError


def away(request):
    raise OperationalError("the server is away")


urlpatterns = [
    *urlpatterns,
    path("broken", broken),
    path("away", away),
    path("safe", require_safe(lambda request: HttpResponse("x"))),
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
PUBLIC = (
    "default-src 'none'; style-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'; manifest-src 'self'; connect-src 'self'; "
    "script-src 'none'; img-src 'self' https:"
)
ADMIN = PUBLIC.replace("script-src 'none'; img-src 'self' https:", "script-src 'self'; img-src 'self'")
ANSWERS = [
    (200, "GET", "/", {}),
    (200, "HEAD", "/", {}),
    (200, "GET", "/?before=0-0", {}),
    (200, "GET", "/post/x/", {}),
    (200, "GET", "/static/css/bloggy.css", {}),
    (200, "GET", "/admin/login/", {}),
    (200, "GET", "/healthz", {}),
    (200, "GET", "/readyz", {}),
    (302, "GET", "/favicon.ico", {}),
    (302, "GET", "/admin/", {}),
    (301, "GET", "/admin", {}),
    (301, "GET", "/post/1000000", {}),
    (400, "GET", "/", {"HTTP_HOST": "evil.example"}),
    (403, "POST", "/admin/login/", {}),
    (404, "GET", "/nope/", {}),
    (404, "GET", "/static/nope.css", {}),
    (404, "GET", "/admin/r/1/1/", {}),
    (405, "POST", "/safe", {"enforce": False}),
    (413, "POST", "/", {"CONTENT_LENGTH": "5000000"}),
    (413, "POST", "/admin/login/", {"CONTENT_LENGTH": "5000000"}),
    (500, "GET", "/broken", {}),
    (503, "GET", "/away", {}),
]


@pytest.fixture
def ask():
    """Ask as a browser does, with the checks of forms; the value is the answer."""
    PostFactory(pk=1_000_000, slug="x")

    def ask(method, path, secure=False, enforce=True, **extra):
        client = Client(enforce_csrf_checks=enforce, raise_request_exception=False)
        return client.generic(method, path, secure=secure, **extra)

    return ask


def assert_policies(response, path):
    assert response.headers["Content-Security-Policy"] == (ADMIN if path.startswith("/admin/") else PUBLIC)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in response.headers["Permissions-Policy"]
    if path not in ("/healthz", "/readyz"):  # answered before the host is looked at
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize(("status", "method", "path", "extra"), ANSWERS)
def test_every_answer_has_the_policies(ask, status, method, path, extra):
    response = ask(method, path, **extra)

    assert response.status_code == status
    assert_policies(response, path)


@pytest.mark.parametrize(("status", "method", "path", "extra"), ANSWERS)
def test_every_answer_by_https_binds_the_host_to_it_in_production(ask, settings, status, method, path, extra):
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 365 * 24 * 3600

    response = ask(method, path, secure=True, **extra)

    assert response.status_code == status
    if path not in ("/healthz", "/readyz"):
        assert response.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_every_page_of_the_admin_has_them(ask, client):
    client.force_login(UserFactory(superuser=True))

    for page in ("", "blog/post/", "blog/post/1000000/change/", "blog/post/add/", "nope/"):
        assert_policies(client.get(f"/admin/{page}"), f"/admin/{page}")


def test_production_has_them_with_hsts_and_without_subdomains():
    code = (
        "import django; django.setup(); from django.test import Client\n"
        "for secure in (False, True):\n"
        "    r = Client().post('/', CONTENT_LENGTH='5000000', secure=secure, headers={'host': 'blog.example'})\n"
        "    print(r.status_code, r.headers.get('Strict-Transport-Security'), r.headers['X-Frame-Options'])\n"
    )
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "bloggy.settings"} | PRODUCTION
    code = f"from django.conf import settings as s; s.STORAGES['staticfiles']['BACKEND'] = {PLAIN!r}\n{code}"

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True
    )

    assert done.stdout.splitlines() == ["301 None DENY", "413 max-age=31536000 DENY"], done.stderr


PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"  # nothing is collected before a test
