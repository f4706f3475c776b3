"""The command that wraps old password hashes, here with a quick hash of Django's; test_hardening_faults.py ends it."""

import asyncio
import os
from contextlib import nullcontext
from io import StringIO

import psycopg
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import hardening
from accounts.hashers import EmmettPBKDF2WrappedHasher
from accounts.models import User
from accounts.tests.factories import UserFactory
from accounts.tests.old_hashes import PASSWORD, imported, old_hash
from bloggy.tests.processes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)  # processes of its own see what is committed
NOTHING = "Nothing to do: no account has a bare password hash of the old Bloggy.\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 2)


def harden_passwords(*arguments, **options):
    """Run the command; return what it prints."""
    call_command("harden_passwords", *arguments, **options, stdout=(output := StringIO()))
    return output.getvalue()


def stored(user):
    return User.objects.values_list("password", flat=True).get(pk=user.pk)


@pytest.mark.parametrize("jobs", ["1", "2", "64"])
def test_every_old_hash_is_wrapped_and_every_old_password_works(jobs):
    salts = ["", "é", "a$b", "x" * 140]
    users = [imported(old_hash(f"password {salt}", salt)) for salt in salts]

    output = harden_passwords("--jobs", jobs)

    assert output == "Hardened: 4.\n"
    assert not hardening.with_old_hash().exists()
    for user, salt in zip(users, salts, strict=True):
        assert stored(user).startswith("emmett_pbkdf2_wrapped$2000,20,sha512$")
        assert check_password(f"password {salt}", stored(user))
        assert not check_password("another", stored(user))


def test_nothing_else_changes():
    others = ["!", "!0a1b", "", "plain text", "pbkdf2_sha256$1$salt$aaaa", EmmettPBKDF2WrappedHasher().wrap(old_hash())]
    others = [imported(password) for password in [*others, "emmett-pbkdf2$2000,20,sha512$salt$00"]]
    user = imported(is_active=False, first_name="Doc")
    before = User.objects.values().get(pk=user.pk)

    harden_passwords()

    after = User.objects.values().get(pk=user.pk)
    assert {name for name in after if after[name] != before[name]} == {"password"}
    assert [stored(other) for other in others] == [other.password for other in others]


def test_a_second_run_has_nothing_to_do_and_says_so():
    user = imported()
    harden_passwords()
    once = stored(user)

    assert harden_passwords() == NOTHING
    assert stored(user) == once


@pytest.mark.parametrize("jobs", ["0", "65", "-1", "two", "", "2.0", "٢", "9" * 5000])
def test_an_odd_number_of_processes_is_refused(jobs):
    with pytest.raises(CommandError, match="is not a number from 1 to 64"):
        harden_passwords("--jobs", jobs)


def test_by_default_every_core_works_and_64_at_most(monkeypatch):
    used = []
    monkeypatch.setattr(hardening, "hardening", lambda pks, jobs: used.append(jobs) or nullcontext([]))

    for cores in (3, 1000, None):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        harden_passwords()

    assert used == [3, 64, 1]


def test_it_can_be_silent(capfd):
    imported()

    assert harden_passwords(verbosity=0) == ""
    assert capfd.readouterr() == ("", "")


def test_what_is_no_hash_is_left_and_named_after_the_others_were_hardened():
    broken = [imported("emmett_pbkdf2$broken"), imported("emmett_pbkdf2$")]
    user = imported()

    with pytest.raises(CommandError) as caught:
        harden_passwords()

    assert str(caught.value) == (
        f"Not hashes that can be wrapped: 2 (id {broken[0].pk}, {broken[1].pk}). The owners need a password reset."
    )
    assert [stored(each) for each in broken] == [each.password for each in broken]
    assert check_password(PASSWORD, stored(user))


@pytest.mark.parametrize("renewed", ["pbkdf2_sha256$1$salt$aaaa", "!reset"])
def test_who_logs_in_while_the_hash_is_being_wrapped_wins(monkeypatch, renewed):
    user = imported()
    wrap = EmmettPBKDF2WrappedHasher.wrap

    def log_in_meanwhile(self, old):
        User.objects.filter(pk=user.pk).update(password=renewed)
        return wrap(self, old)

    monkeypatch.setattr(EmmettPBKDF2WrappedHasher, "wrap", log_in_meanwhile)

    output = harden_passwords("--jobs", "1")

    assert stored(user) == renewed
    assert output == "Hardened: 0. Renewed by a log-in or another run meanwhile: 1.\n"


def test_what_somebody_else_has_done_already_is_not_hashed_again(monkeypatch):
    user = imported()
    harden_passwords()
    monkeypatch.setattr(EmmettPBKDF2WrappedHasher, "wrap", None)

    assert hardening.harden(user.pk) == hardening.DONE_BY_OTHERS
    assert hardening.harden(0) == hardening.DONE_BY_OTHERS


def test_no_transaction_is_open_while_a_hash_is_computed(monkeypatch):
    imported()
    seen = []
    monkeypatch.setattr(EmmettPBKDF2WrappedHasher, "wrap", lambda self, old: seen.append(transaction_state()) or old)

    hardening.harden(User.objects.get().pk)

    assert seen == [psycopg.pq.TransactionStatus.IDLE]


def transaction_state():
    return connection.connection.info.transaction_status


def test_its_processes_share_no_connection_and_leave_none_open():
    UserFactory()
    for _ in range(4):
        imported()

    before = connected()
    harden_passwords("--jobs", "2")

    wait_until(lambda: connected() == before)  # PostgreSQL notices a moment after that a process has ended
    assert User.objects.count() == 5


def connected():
    """Return how many connections the tests' database has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return cursor.fetchone()[0]


def test_a_database_that_is_not_migrated_is_one_line():
    with connection.cursor() as cursor:
        cursor.execute("SET search_path TO nowhere")

    with pytest.raises(
        CommandError, match=r'^PostgreSQL refused: relation "accounts_user" does not exist\. Is the'
    ) as caught:
        harden_passwords()

    connection.close()
    assert "\n" not in str(caught.value)


def test_its_processes_use_no_connection_that_an_event_loop_hid(monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    users = [imported(old_hash(f"password {number}")) for number in range(8)]

    async def beside_a_loop():  # Django has other connections there, and none of them after a fork
        harden_passwords("--jobs", "2")
        connection.close()

    if asyncio._get_running_loop():  # a browser's test left one in this thread
        harden_passwords("--jobs", "2")
    else:
        asyncio.run(beside_a_loop())

    assert all(
        check_password(f"password {number}", User.objects.get(pk=user.pk).password) for number, user in enumerate(users)
    )
    assert not hardening.with_old_hash().exists()


def test_an_error_in_a_process_is_one_line_and_ends_all():
    users = [imported() for _ in range(3)]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_user ADD CONSTRAINT no_wrapping CHECK (password NOT LIKE '%wrapped%')")
    try:
        with pytest.raises(CommandError, match=r"PostgreSQL refused: .*no_wrapping.* migrate\)\?$") as caught:
            harden_passwords("--jobs", "2")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE accounts_user DROP CONSTRAINT no_wrapping")

    assert "\n" not in str(caught.value)
    assert [stored(user) for user in users] == [old_hash()] * 3


def test_a_process_that_dies_is_reported_and_the_rest_can_be_done_later(monkeypatch):
    user = imported()
    with monkeypatch.context() as patch:
        patch.setattr(EmmettPBKDF2WrappedHasher, "wrap", lambda *args: os._exit(7))
        with pytest.raises(CommandError, match=r"^Stopped: a process ended with exit code 7\. Every password"):
            harden_passwords()

    assert stored(user) == old_hash()
    assert harden_passwords() == "Hardened: 1.\n"
