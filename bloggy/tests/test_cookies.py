"""Which cookies there are: none for who only reads, and in production such as no other host can set or read."""

import json
import os
import subprocess
import sys
from http.cookies import SimpleCookie

import pytest
from django.conf import settings
from django.db import connection

from bloggy.tests import databases
from bloggy.tests.test_hostile_parameters import ADDRESSES, ARGUMENTS, PK, visitors  # noqa: F401 -- a fixture
from bloggy.tests.test_settings import PRODUCTION

LOG_IN = """
import django, json
django.setup()
from django.db import transaction
from django.test import Client
from accounts.models import User

with transaction.atomic():
    User.objects.create_superuser("ann@blog.example", "a long password")
    data = {"username": "ann@blog.example", "password": "a long password"}
    response = Client().post("/admin/login/?next=/", data, secure=True, headers={"host": "blog.example"})
    transaction.set_rollback(True)
print(json.dumps([response.status_code, response.cookies.output(header="")]))
"""


@pytest.mark.django_db(transaction=True)
def test_cookies_of_production_are_bound_to_the_host_and_hidden_from_scripts():
    url = databases.url_of(connection.settings_dict | {"OPTIONS": {"sslmode": "disable"}})
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "bloggy.settings"} | PRODUCTION
    command = [sys.executable, "-c", LOG_IN]

    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment | {"DATABASE_URL": url}, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    status, header = json.loads(done.stdout)
    cookies = SimpleCookie(header.replace("\r\n", "; "))
    assert status == 302
    assert set(cookies) == {"__Host-sessionid", "__Host-csrftoken"}
    for line in header.splitlines():
        assert "; HttpOnly" in line
        assert "; Secure" in line
        assert "; SameSite=Lax" in line
        assert "; Path=/;" in line
        assert "domain" not in line.lower()


def public_paths():
    for pattern, path, names in ADDRESSES:
        if not pattern.startswith(("admin/", "accounts/")):
            yield path % {name: ARGUMENTS.get(name, str(PK)) for name in names}
    yield from ("/nope/", "/static/css/bloggy.css", "/healthz", "/readyz", "/?before=0-0", "/?before=x")


@pytest.mark.django_db
@pytest.mark.parametrize("path", list(public_paths()))
@pytest.mark.parametrize("method", ["get", "head"])
def test_who_only_reads_gets_no_cookie(visitors, path, method):  # noqa: F811
    response = getattr(visitors[0], method)(path)

    assert "Set-Cookie" not in response.headers
    assert not response.cookies
