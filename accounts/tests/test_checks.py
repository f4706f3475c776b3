import pytest
from django.core.checks import run_checks
from django.core.management.base import CommandError
from django.db import connection

from accounts import checks
from accounts.hashers import EmmettPBKDF2WrappedHasher
from accounts.tests.old_hashes import imported, old_hash
from bloggy.tests import databases
from bloggy.tests.test_settings import PRODUCTION, run


def found(**options):
    return [message for message in run_checks(**options) if message.id == "accounts.W001"]


@pytest.mark.django_db
def test_bare_old_hashes_are_counted_when_the_blog_is_about_to_go_live():
    for stored in (old_hash(), old_hash("another"), EmmettPBKDF2WrappedHasher().wrap(old_hash()), "!", ""):
        imported(stored)

    (warning,) = found(include_deployment_checks=True)

    assert warning.msg == "Accounts with a password hash of the old Bloggy, which is quick to guess: 2."
    assert "manage.py harden_passwords" in warning.hint
    assert found() == []  # migrate, runserver


@pytest.mark.django_db
def test_without_one_nothing_is_said():
    imported(EmmettPBKDF2WrappedHasher().wrap(old_hash()))

    assert found(include_deployment_checks=True) == []


@pytest.mark.django_db(transaction=True)
def test_nothing_is_said_where_the_database_is_not_migrated():
    with connection.cursor() as cursor:
        cursor.execute("SET search_path TO nowhere")

    assert found(include_deployment_checks=True) == []

    connection.close()


@pytest.mark.django_db  # another check asks too
def test_nothing_is_said_where_bin_runs_own_server_cannot_be_started(monkeypatch):
    def fail():
        raise CommandError("mend that")

    monkeypatch.setattr(checks, "with_old_hash", fail)

    assert found(include_deployment_checks=True) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("stored", "code"), [(old_hash(), 1), ("!", 0)])
def test_check_deploy_shows_it(stored, code):
    imported(stored)
    url = databases.url_of(connection.settings_dict | {"OPTIONS": {"sslmode": "disable"}})
    variables = PRODUCTION | {"DATABASE_URL": url, "EMAIL_URL": "smtp://mail.example"}

    done = run("check", "--deploy", "--fail-level", "WARNING", **variables)

    assert (done.returncode, "(accounts.W001)" in done.stderr) == (code, bool(code)), done.stderr


@pytest.mark.parametrize("database", ["postgresql:///bloggy?host=/nonexistent&user=a", "postgresql://a@127.0.0.1:9/b"])
def test_check_deploy_passes_without_a_database(database):
    variables = PRODUCTION | {"DATABASE_URL": database, "EMAIL_URL": "smtp://mail.example"}

    done = run("check", "--deploy", "--fail-level", "WARNING", **variables)

    assert (done.returncode, done.stderr) == (0, "")
