import os
import subprocess
import sys

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("path", "text"), [("/healthz", "ok\n"), ("/readyz", "ready\n")])
@pytest.mark.parametrize("host", ["localhost", "evil.example", "not a host"])
def test_health_is_plain_text_for_any_host(client, settings, path, text, host):
    settings.SECURE_SSL_REDIRECT = True

    response = client.get(path, headers={"host": host})

    assert (response.status_code, response.content.decode()) == (200, text)
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_the_process_answers_without_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/healthz")


def test_without_postgresql_it_is_not_ready_but_alive():
    code = (
        "import django; django.setup(); from django.test import Client; "
        "print([(r.status_code, r.content) for r in map(Client().get, ['/readyz', '/healthz'])])"
    )
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "bloggy.settings"}
    environment["DATABASE_URL"] = "postgresql://u@127.0.0.1:9/d"

    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)

    assert done.stdout.strip() == r"[(503, b'PostgreSQL does not answer\n'), (200, b'ok\n')]", done.stderr


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ('FATAL:  password authentication failed for user "quill"', "PostgreSQL refuses the log-in"),
        ('FATAL:  database "letters" does not exist', "PostgreSQL refuses the log-in"),
        ("FATAL:  sorry, too many clients already", "PostgreSQL has no free connection"),
        ("FATAL:  the database system is starting up", "PostgreSQL is starting or stopping"),
        ('connection to server at "db.quill", port 5432 failed: Connection refused', "PostgreSQL does not answer"),
    ],
)
def test_the_reason_is_said_in_words_that_everybody_may_read(client, monkeypatch, said, shown):
    def fail(_recorder):
        raise OperationalError(said)

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", fail)

    response = client.get("/readyz")

    assert (response.status_code, response.content.decode()) == (503, f"{shown}\n")


def test_a_missing_migration_makes_it_not_ready(client):
    MigrationRecorder(connection).record_unapplied("blog", "0001_initial")

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.content == b"1 migrations are not applied: run manage.py migrate\n"


def test_pages_for_a_foreign_host_are_refused(client):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_pages_by_http_are_redirected_in_production(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    response = client.get("/?before=0-0")

    assert (response.status_code, response.url) == (301, "https://testserver/?before=0-0")
