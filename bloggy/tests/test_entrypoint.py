"""The container's entrypoint, run outside a container; test_failures_at_start.py starts it without a database, too."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from bloggy import database, waiting
from bloggy.tests.processes import ROOT, wait_until
from bloggy.tests.servers import free_port, running, silent
from bloggy.tests.test_failures_at_start import CASES


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("pg")) as server:
        yield server


@pytest.fixture
def stub(tmp_path):
    """A folder for PATH whose gunicorn says with what it was started, and whose python is this one."""
    gunicorn = tmp_path / "gunicorn"
    gunicorn.write_text('#!/bin/sh\necho "gunicorn $$: $*, key ${SECRET_KEY_FILE:-none}"\n')
    gunicorn.chmod(0o755)
    (tmp_path / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (tmp_path / "python").chmod(0o755)
    return tmp_path


@contextmanager
def started(path, *command, **environment):
    """Start the entrypoint with a command and yield the process; path is the folder of its gunicorn and python."""
    names = ("DATABASE_", "DEMO_HOST", "DJANGO_", "BLOGGY_", "SECRET_KEY")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(names)} | {
        **{"PATH": f"{path}:{os.environ['PATH']}", "DB_CONNECT_TIMEOUT": "3"},
        **environment,
    }
    process = subprocess.Popen(
        ["sh", ROOT / "docker" / "entrypoint.sh", *command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def run(path, *command, **environment):
    """Run the entrypoint; return its exit code, what it said and how many seconds it took."""
    begun = time.monotonic()
    with started(path, *command, **environment) as process:
        said, _nothing = process.communicate(timeout=120)
    return process.returncode, said, time.monotonic() - begun


@pytest.mark.parametrize(
    ("command", "code", "text"),
    [(["sh", "-c", "echo $0 $$", "a b"], 0, "a b {}\n"), (["sh", "-c", "kill -TERM $$"], -signal.SIGTERM, "")],
)
def test_any_other_command_is_run_as_it_is_without_a_database(stub, command, code, text):
    with started(stub, *command, DATABASE_URL="postgresql://u@nowhere.invalid/bloggy") as process:
        said, _nothing = process.communicate(timeout=30)

    assert (process.returncode, said) == (code, text.format(process.pid))


@pytest.mark.faults
def test_before_gunicorn_it_migrates_and_then_becomes_it(server, stub):
    with started(stub, "gunicorn", "--bind", "x", DATABASE_URL=server.url()) as process:
        said, _nothing = process.communicate(timeout=120)
    _code, again, _seconds = run(stub, "gunicorn", DATABASE_URL=server.url())

    assert process.returncode == 0, said
    assert "Applying blog.0001_initial... OK" in said
    assert f"gunicorn {process.pid}: --bind x, key none" in said
    assert "No migrations to apply." in again
    assert "demo" not in said


@pytest.mark.faults
@pytest.mark.parametrize("case", ["wrong password", "no such user", "no such database", "TLS refused"])
def test_what_no_waiting_mends_is_told_at_once(server, stub, case):
    make, advice = CASES[case]
    code, said, seconds = run(stub, "gunicorn", DATABASE_URL=make(server, None), DB_CONNECT_TIMEOUT="20")

    assert (code, advice in said) == (1, True), said
    assert seconds < 7


@pytest.mark.faults
def test_a_server_that_comes_up_meanwhile_is_waited_for(server, stub):
    server.stop()
    starting = threading.Timer(3, server.start)
    starting.start()

    code, said, _seconds = run(stub, "gunicorn", DATABASE_URL=server.url(), DB_CONNECT_TIMEOUT="30")

    starting.join()
    assert code == 0, said
    assert "gunicorn" in said.splitlines()[-1]


def test_a_setting_that_cannot_be_is_one_line(stub):
    code, said, _seconds = run(stub, "gunicorn", DATABASE_URL="sqlite:///blog.db")

    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith("entrypoint: DATABASE_URL: only PostgreSQL is supported")


@pytest.mark.faults
def test_a_stop_during_a_step_ends_it_at_once(stub):
    with silent() as port:
        url = f"postgresql://u@127.0.0.1:{port}/bloggy"
        with started(stub, "gunicorn", DATABASE_URL=url, DB_CONNECT_TIMEOUT="60") as process:
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            child = wait_until(lambda: children.read_text().split())[0]
            time.sleep(1)  # it waits for the database now

            process.terminate()

            assert process.wait(5) == 128 + signal.SIGTERM
            wait_until(lambda: not Path(f"/proc/{child}").exists(), seconds=5)


@pytest.fixture
def empty(server):
    """The address of an empty database on a host that has a name."""
    with server.connect("postgres") as connection:
        connection.execute("DROP DATABASE IF EXISTS empty WITH (FORCE)")
        connection.execute("CREATE DATABASE empty OWNER bloggy")
    return server.url(database="empty")


@pytest.mark.faults
@pytest.mark.parametrize(("kind", "filled"), [("development", True), ("test", False)])
def test_where_it_is_told_whose_database_it_is_an_empty_one_gets_the_demo_in_development(empty, stub, kind, filled):
    code, said, _seconds = run(stub, "gunicorn", DATABASE_URL=empty, BLOGGY_ENV=kind, DEMO_HOST="127.0.0.1")

    assert code == 0, said
    assert ("30 demo posts" in said) == filled


def test_a_server_that_keeps_refusing_is_asked_again_until_the_time_is_over():
    config = database.parse(f"postgresql://u:p@127.0.0.1:{free_port()}/bloggy")
    config["OPTIONS"]["connect_timeout"] = "2"
    begun = time.monotonic()

    error = waiting.wait_for(config)

    assert "refused" in str(error)
    assert 0.5 < time.monotonic() - begun < 3
