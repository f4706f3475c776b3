"""harden_passwords as a real process with real hashes: ended at any moment, twice at once, its database gone."""

import os
import random
import re
import signal
import subprocess
import sys
import time

import psutil
import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import check_password
from django.db import connection

from accounts.models import User
from accounts.tests.old_hashes import imported, old_hash
from bloggy.tests import databases
from bloggy.tests.processes import ROOT, wait_until
from bloggy.tests.servers import running
from bloggy.tests.sites import environment, manage

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


def start(url=None, jobs=2):
    """Start the command in a session of its own."""
    url = url or databases.url_of(connection.settings_dict)
    return subprocess.Popen(
        [sys.executable, "manage.py", "harden_passwords", "--jobs", str(jobs)],
        cwd=ROOT,
        env=environment(url, BLOGGY_ENV="development"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def said_by(process):
    """Return (exit code, stdout, stderr) of a process that ends within two minutes."""
    output, errors = process.communicate(timeout=120)
    return process.returncode, output, errors


def pids():
    """Return the process ids of the sessions in the tests' database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return {pid for (pid,) in cursor.fetchall()}


strangers = set()  # sessions of a site that browser tests have left running


@pytest.fixture(autouse=True)
def know_strangers(transactional_db):
    strangers.clear()
    strangers.update(pids())


def sessions():
    """Return how many sessions the command has in the tests' database."""
    return len(pids() - strangers)


def wrapped():
    return User.objects.filter(password__startswith="emmett_pbkdf2_wrapped$").count()


@pytest.fixture
def users():
    """Return {account: its old password}."""
    passwords = [f"password {number}" for number in range(16)]
    return {imported(old_hash(password, salt=password[9:])): password for password in passwords}


def check_all_passwords(known):
    """Check that every account has its old password, whose number is the salt too; known are the hashes that do."""
    for stored in set(User.objects.values_list("password", flat=True)) - known:
        assert check_password(f"password {stored.split('$')[2]}", stored)
        known.add(stored)


def test_killed_at_any_moment_it_spoils_no_password_and_goes_on_where_it_was(users):
    rng, done, known = random.Random(), [0], set()
    for _ in range(8):
        process = start()
        if rng.random() < 0.7:  # else perhaps before it has begun
            wait_until(lambda process=process: wrapped() > done[-1] or process.poll() is not None)
        time.sleep(rng.uniform(0, 0.5))
        process.kill()
        process.communicate(timeout=60)
        wait_until(lambda: sessions() == 0)  # its processes ended by themselves, for nobody killed them
        done.append(wrapped())
        check_all_passwords(known)

    code, output, errors = said_by(start())

    assert done == sorted(done)
    assert (code, errors) == (0, "")
    assert output.startswith(f"Hardened: {16 - done[-1]}.\n" if done[-1] < 16 else "Nothing to do: ")
    assert wrapped() == 16
    for user, password in users.items():
        assert authenticate(username=user.email, password=password + " ") is None
        assert authenticate(username=user.email, password=password) == user


def test_ctrl_c_is_one_line_and_ends_all_its_processes(users):
    process = start()
    wait_until(wrapped)
    for worker in psutil.Process(process.pid).children():
        worker.send_signal(signal.SIGINT)
    there = wrapped()
    wait_until(lambda: wrapped() > there + 2)  # they leave it to their parent

    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    code, output, errors = said_by(process)

    assert (code, output) == (130, "")
    assert re.fullmatch(r"CommandError: Stopped after \d+\. Every password works as before; .*\n", errors)
    wait_until(lambda: sessions() == 0)
    assert wrapped() < 16
    check_all_passwords(set())


def test_a_killed_worker_is_one_line(users):
    process = start()
    wait_until(wrapped)
    children = psutil.Process(process.pid).children()

    children[0].kill()
    code, _output, errors = said_by(process)

    assert (code, len(children)) == (1, 2)
    assert re.fullmatch(r"CommandError: Stopped: a process ended with exit code -9\. Every password .*\n", errors)
    wait_until(lambda: sessions() == 0)


def test_two_at_once_do_every_account_once(users):
    both = [start(jobs=1), start(jobs=1)]

    said = [said_by(process) for process in both]

    assert [code for code, _output, _errors in said] == [0, 0], said
    assert sum(int(re.match(r"Hardened: (\d+)\.", output)[1]) for _code, output, _errors in said) == 16
    check_all_passwords(set())


def test_log_ins_meanwhile_win(users):
    process = start()
    wait_until(wrapped)

    for user, password in users.items():
        assert authenticate(username=user.email, password=password) == user
    code, _output, errors = said_by(process)

    assert (code, errors) == (0, "")
    assert not User.objects.filter(password__startswith="emmett").exists()
    assert all(user.check_password(password) for user, password in users.items() if not user.refresh_from_db())


def test_a_database_that_goes_away_is_told_as_always_and_the_rest_done_later(tmp_path):
    with running(tmp_path) as server:
        manage(server.url(), "migrate", "--verbosity", "0")
        with server.connect() as other:
            other.execute(
                "INSERT INTO accounts_user (email, password, first_name, last_name, is_active, is_staff, is_superuser,"
                " date_joined) SELECT n || '@example.com', %s, '', '', true, false, false, now()"
                " FROM generate_series(1, 24) n",
                [old_hash()],
            )
            process = start(server.url())
            old = "SELECT count(*) FROM accounts_user WHERE password LIKE 'emmett\\_pbkdf2$%'"
            wait_until(lambda: other.execute(old).fetchone()[0] < 24)

        server.stop()
        code, output, errors = said_by(process)
        server.start()
        again = said_by(start(server.url()))

        assert (code, output) == (1, "")
        assert errors.startswith("manage.py: PostgreSQL at 127.0.0.1:")
        assert errors.count("\n") == 2
        assert (again[0], again[2]) == (0, "")
        with server.connect() as other:
            assert other.execute(old).fetchone()[0] == 0
