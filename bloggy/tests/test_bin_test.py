"""bin/test in a copy of the project that has a few tests of this file's own, and what it leaves behind."""

import os
import signal
import subprocess
import sys
from contextlib import closing

import psycopg
import pytest

from bloggy.tests import databases
from bloggy.tests.processes import copy_project, kill_all_in, processes_in, wait_until

PROBES = """
import time
from pathlib import Path

import pytest
from django.db import connection

def test_without_database():
    pass

@pytest.mark.django_db
def test_with_database():
    assert connection.settings_dict["NAME"].startswith("bloggy_test_")

@pytest.mark.django_db
def test_failing():
    assert False

@pytest.mark.faults
def test_marked():
    pass

@pytest.mark.django_db
@pytest.mark.parametrize("number", range(2))
def test_endless(number):
    Path(f"var/in-{connection.settings_dict['NAME']}").touch()
    time.sleep(600)
"""

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    folder = copy_project(tmp_path_factory.mktemp("test") / "my blog")
    (folder / "bloggy" / "tests" / "test_probes.py").write_text(PROBES)
    (folder / "var").mkdir()
    return folder


@pytest.fixture
def project(copied):
    yield copied
    kill_all_in(copied)
    for mark in (copied / "var").glob("in-*"):
        mark.unlink()


def begin(project, *arguments):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    environment.pop("TEST_DATABASE_URL", None)
    command = [project / "bin" / "test", "bloggy/tests/test_probes.py", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, cwd="/", env=environment, stdout=pipe, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def bin_test(project, *arguments):
    """Return the exit status of a whole run and what it said."""
    run = begin(project, *arguments)
    said, _nothing = run.communicate(timeout=120)
    return run.returncode, said


def wait_for_databases(project, count=1):
    """Wait until so many processes are within a test and have a database; return the databases' names."""
    marks = project / "var"
    wait_until(lambda: len(list(marks.glob("in-*"))) >= count, seconds=60)
    return {mark.name.removeprefix("in-") for mark in marks.glob("in-*")}


USER = """
import sys
from bloggy import embedded
print(embedded.start("postgres-test", embedded.FAST, sys.argv[1]), flush=True)
sys.stdin.read()
"""


def databases_left(project):
    """Return the names of test databases on the project's test server, which must have been stopped."""
    assert not processes_in(project)
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", USER, project / "var"]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as user:
        with closing(psycopg.connect(user.stdout.readline().strip())) as db:
            rows = db.execute("SELECT datname FROM pg_database WHERE datname LIKE 'bloggy_test%'").fetchall()
        user.stdin.close()
    return {name for (name,) in rows}


def test_tests_without_a_database_start_no_server(project):
    collected, _said = bin_test(project, "--collect-only", "-q")
    passed, said = bin_test(project, "-k", "without")

    assert (collected, passed) == (0, 0), said
    assert not (project / "var" / "postgres-test").exists()


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_success_leaves_nothing(project, workers):
    status, said = bin_test(project, "-k", "with_database or without", *workers)

    assert (status, "2 passed" in said) == (0, True), said
    assert databases_left(project) == set()


def test_a_failure_is_its_status_and_leaves_nothing(project):
    status, said = bin_test(project, "-k", "failing")

    assert (status, "1 failed" in said) == (1, True), said
    assert databases_left(project) == set()


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_leaves_nothing(project, workers, number):
    run = begin(project, "-k", "endless", *workers)
    wait_for_databases(project, count=2 if workers else 1)

    os.killpg(run.pid, number) if number == signal.SIGINT else run.send_signal(number)

    run.communicate(timeout=60)
    assert run.returncode not in (0, 1)
    wait_until(lambda: not processes_in(project), seconds=60)
    assert databases_left(project) == set()


def test_the_next_run_sweeps_what_a_killed_one_left_but_not_what_another_uses(project):
    killed = begin(project, "-k", "endless")
    left = wait_for_databases(project)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    other = begin(project, "-k", "endless")
    used = wait_for_databases(project, count=2) - left

    status, said = bin_test(project, "-k", "with_database")

    assert status == 0, said
    os.killpg(other.pid, signal.SIGKILL)
    other.communicate()
    kill_all_in(project)
    assert databases_left(project) == used


def test_it_says_that_faults_are_left_out_and_how_to_run_them(project):
    _status, said = bin_test(project, "-k", "without or marked")
    _status, with_faults = bin_test(project, "-k", "without or marked", "-m", "faults")

    assert "1 passed, 5 deselected" in said
    assert "bin/test -m faults" in said
    assert "bin/test -m faults" not in with_faults


@pytest.mark.django_db
def test_a_database_that_its_run_has_claimed_but_not_opened_is_not_swept(request):
    """Between a run's claim, the CREATE DATABASE and the first connection another run may sweep."""
    from django.db import connection

    name, other, third = (f"probe_{number:012x}" for number in range(3))
    parameters = connection.get_connection_params()
    with databases.claimed(name, "probe", parameters, keep=True) as first:
        first.execute(f"CREATE DATABASE {name}")

        with databases.claimed(other, "probe", parameters) as second:
            still = second.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()

    assert still
    with databases.claimed(third, "probe", parameters) as claim:
        assert not claim.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
