"""Runs of pytest on a server that TEST_DATABASE_URL names, by a role that may log in and make databases and no more."""

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import quote

import pytest

from bloggy.tests import databases
from bloggy.tests.processes import copy_project, kill_all_in, wait_until
from bloggy.tests.servers import PASSWORD, running

PROBES = """
import os
import time
from pathlib import Path

import pytest
from django.db import connection

@pytest.mark.django_db
@pytest.mark.parametrize("number", range(2))
def test_in_its_database(number):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        name, = cursor.fetchone()
    assert name == connection.settings_dict["NAME"]
    marks = Path(os.environ["MARKS"])
    (marks / name).touch()
    while len(list(marks.iterdir())) < int(os.environ["AT_ONCE"]):
        time.sleep(0.05)
"""
RUN = "[0-9a-f]{12}"
LONG = "blög" * 20

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("pg")) as server:
        with server.connect("postgres") as admin:
            admin.execute(f"CREATE ROLE tester LOGIN CREATEDB PASSWORD '{PASSWORD}'")
        yield server


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    folder = copy_project(tmp_path_factory.mktemp("test") / "blog")
    (folder / "bloggy" / "tests" / "test_probes.py").write_text(PROBES)
    return folder


@pytest.fixture
def project(copied, server):
    """A project with one test, and a server on which no database of a run is left, whatever happens."""
    yield copied
    kill_all_in(copied)
    with server.connect("postgres") as admin:
        for name in left(server):
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def marks(tmp_path):
    """A folder with a file for each database in which a test has been, named as the database."""
    (tmp_path / "marks").mkdir()
    return tmp_path / "marks"


def left(server):
    """Return the names of the databases that tester has."""
    with server.connect("template1") as admin:
        rows = admin.execute("SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = 'tester'").fetchall()
    return {name for (name,) in rows}


def begin(project, server, base, marks, *arguments, at_once=1):
    """Begin a run whose tests wait until as many databases as at_once have been used."""
    url = server.url(user="tester", database=quote(base))
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    environment |= {"TEST_DATABASE_URL": url, "MARKS": str(marks), "AT_ONCE": str(at_once)}
    command = [sys.executable, "-m", "pytest", "bloggy/tests/test_probes.py", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, cwd=project, env=environment, stdout=pipe, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def used(run, marks):
    """Wait until a run has succeeded and return the names of all databases used so far, sorted."""
    said, _nothing = run.communicate(timeout=120)
    assert (run.returncode, "2 passed" in said) == (0, True), said
    return sorted(mark.name for mark in marks.iterdir())


def sweep(server, base):
    """Do what a run does when it begins."""
    where = {"host": "127.0.0.1", "port": server.port, "user": "tester", "password": PASSWORD}
    with databases.claimed(databases.prefix(base) + "0" * 12, base, where):
        pass


@contextmanager
def closed(server, database):
    """Let nobody into a database, not even a superuser."""
    with server.connect("template1") as admin:
        admin.execute(f'ALTER DATABASE "{database}" WITH ALLOW_CONNECTIONS false')
        yield
        admin.execute(f'ALTER DATABASE "{database}" WITH ALLOW_CONNECTIONS true')


def test_a_run_makes_a_database_of_the_urls_name_and_its_own_and_drops_it(project, server, marks):
    (name,) = used(begin(project, server, "mine", marks), marks)

    assert re.fullmatch(f"mine_{RUN}", name)
    assert left(server) == set()


def test_a_url_without_a_name_means_bloggy_test(project, server, marks):
    (name,) = used(begin(project, server, "", marks), marks)

    assert re.fullmatch(f"bloggy_test_{RUN}", name)


def test_the_database_of_that_name_is_not_touched(project, server, marks):
    with closed(server, "bloggy"):
        (name,) = used(begin(project, server, "bloggy", marks), marks)

    assert re.fullmatch(f"bloggy_{RUN}", name)
    with server.connect("bloggy") as still:
        assert not still.execute("SELECT 1 FROM pg_class WHERE relname = 'django_migrations'").fetchone()


def test_a_server_that_lets_nobody_into_postgres_will_do(project, server, marks):
    with closed(server, "postgres"):
        names = used(begin(project, server, "mine", marks, "-n", "2", at_once=2), marks)

    assert len(names) == 2
    assert left(server) == set()


def test_two_runs_of_two_workers_at_once_do_not_collide_and_have_names_that_postgresql_takes(project, server, marks):
    runs = [begin(project, server, LONG, marks, "-n", "2", at_once=4) for _ in range(2)]

    used(runs[0], marks)
    names = used(runs[1], marks)

    found = [re.fullmatch(f"{LONG[:34]}_({RUN})_(gw[01])", name).groups() for name in names]
    assert len(found) == 4
    assert {worker for _run, worker in found} == {"gw0", "gw1"}
    assert len({run for run, _worker in found}) == 2
    assert max(len(name.encode()) for name in names) <= 63
    assert left(server) == set()


def test_the_next_run_sweeps_what_a_killed_one_left_and_nothing_else(project, server, marks):
    killed = begin(project, server, LONG, marks, at_once=9)
    (dead,) = wait_until(lambda: {mark.name for mark in marks.iterdir()}, seconds=120)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    similar = LONG[:34] + "_production"
    with server.connect("postgres") as admin:
        admin.execute(f'CREATE DATABASE "{similar}" OWNER tester')

    living = begin(project, server, LONG, marks, at_once=9)
    (alive,) = wait_until(lambda: {mark.name for mark in marks.iterdir()} - {dead}, seconds=120)
    sweep(server, LONG)

    assert living.poll() is None
    assert left(server) == {similar, alive}
    os.killpg(living.pid, signal.SIGKILL)
    living.communicate()


def test_a_database_that_is_kept_is_used_again_and_not_swept(project, server, marks):
    kept = used(begin(project, server, "mine", marks, "--reuse-db"), marks)
    again = used(begin(project, server, "mine", marks, "--reuse-db"), marks)
    sweep(server, "mine")

    assert kept == again == ["mine_reused"]
    assert left(server) == {"mine_reused"}
