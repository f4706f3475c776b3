"""bin/run in a copy of the project, as a user would start it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from bloggy.embedded_programs import AS_NOBODY
from bloggy.tests.processes import copy_project, copy_venv, kill_all_in, processes_in, wait_until

OURS = ("BLOGGY_", "DATABASE_", "DJANGO_", "SECRET_KEY", "TEST_DATABASE", "PYTEST_", "COVERAGE_")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = copy_project(tmp_path_factory.mktemp("run") / "my blog")
    yield folder
    kill_all_in(folder)


@pytest.fixture
def port():
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return listener.getsockname()[1]


def environment(**changes):
    """Return the environment of a user's shell: without what pytest and settings_test.py put there."""
    return {key: value for key, value in os.environ.items() if not key.startswith(OURS)} | changes


def begin(project, port, prefix=(), **changes):
    """Start bin/run from another folder, as leader of a process group, its output going to a file."""
    with open(project.parent / "output", "w") as output:
        return subprocess.Popen(
            [*prefix, project / "bin" / "run"],
            cwd="/",
            env=environment(PORT=str(port), **changes),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def said(project):
    return (project.parent / "output").read_text()


def get(port, path="/healthz"):
    """Return the status of a page, or None while nobody answers."""
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
            return response.status
    except (URLError, ConnectionError):
        return None


def begin_and_wait(project, port):
    return wait_for(begin(project, port), project, port)


def wait_for(run, project, port):
    # Not only for an answer: the workers of a killed gunicorn give one for a moment.
    ready = f"Bloggy is at http://127.0.0.1:{port}/"
    wait_until(lambda: run.poll() is not None or (ready in said(project) and get(port) == 200), seconds=60)
    assert run.poll() is None, said(project)
    return run


def refuse(project, **changes):
    """Run bin/run, which must fail, and return what it says."""
    command = [project / "bin" / "run"]
    done = subprocess.run(command, env=environment(**changes), capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    return done.stdout + done.stderr


@pytest.mark.faults
def test_it_serves_the_blog_and_ctrl_c_leaves_nothing(project, port):
    run = begin_and_wait(project, port)
    assert get(port, "/") == 200

    os.killpg(run.pid, signal.SIGINT)

    assert run.wait(30) == 0
    assert not processes_in(project)
    assert "Traceback" not in said(project)
    assert (project / "var" / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.faults
def test_a_second_start_is_quick_and_sigterm_leaves_nothing(project, port):
    end(begin_and_wait(project, port))
    key = (project / "var" / "secret_key").read_text()

    seconds = [seconds_to_start_and_end(project, port) for _ in range(2)]

    assert min(seconds) < 20  # five are promised to a machine that isn't busy with other tests
    assert "Installing" not in said(project)
    assert (project / "var" / "secret_key").read_text() == key
    assert not processes_in(project)
    assert "Traceback" not in said(project)


def seconds_to_start_and_end(project, port):
    started = time.monotonic()
    run = begin_and_wait(project, port)
    seconds = time.monotonic() - started
    end(run)
    return seconds


def end(run):
    run.terminate()
    assert run.wait(30) == 0


@pytest.mark.faults
@pytest.mark.parametrize(
    ("step", "number"),
    [
        ("initdb", signal.SIGTERM),
        ("pg_ctl", signal.SIGINT),
        ("pg_ctl", signal.SIGTERM),
        ("bloggy.prepare", signal.SIGINT),
        ("bloggy.prepare", signal.SIGTERM),
        ("collectstatic", signal.SIGINT),
    ],
)
def test_a_stop_during_any_step_of_the_start_leaves_nothing(project, port, step, number):
    remade = {"initdb": "postgres", "bloggy.prepare": "postgres", "collectstatic": "static"}
    shutil.rmtree(project / "var" / remade.get(step, "nothing"), ignore_errors=True)
    run = begin(project, port)
    wait_until(lambda: is_running(project, step))

    os.killpg(run.pid, number) if number == signal.SIGINT else run.send_signal(number)

    assert run.wait(30) == 128 + number
    assert not processes_in(project)
    assert "Traceback" not in said(project)


def is_running(project, step):
    """Tell whether one of the project's processes has the step as one of its arguments."""
    commands = [command_of(pid) for pid in processes_in(project)]
    return any(argument.endswith(step) for command in commands for argument in command)


def command_of(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []


@pytest.mark.faults
def test_a_start_after_the_master_was_killed_works(project, port):
    killed = begin_and_wait(project, port)
    killed.kill()
    killed.wait()

    run = begin_and_wait(project, port)

    end(run)
    assert not processes_in(project)


@pytest.mark.faults
def test_a_start_after_everything_was_killed_works(project, port):
    begin_and_wait(project, port)
    kill_all_in(project)

    run = begin_and_wait(project, port)

    assert get(port, "/") == 200
    end(run)


def test_a_taken_port_is_one_line(project):
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]

        text = refuse(project, PORT=str(port))

    assert text == f"Port {port} is taken by another program: stop that, or set PORT to a free one.\n"


@pytest.mark.parametrize("value", ["http", "0", "65536"])
def test_a_port_that_is_none_is_one_line(project, value):
    assert refuse(project, PORT=value) == "PORT must be a whole number from 1 to 65535.\n"


def fake_path(folder, python):
    """Return a PATH whose only Python is the script given, with the few tools that bin/run uses."""
    folder.mkdir()
    (folder / "python3").write_text(f"#!/bin/sh\n{python}\n")
    (folder / "python3").chmod(0o755)
    (folder / "dirname").symlink_to("/usr/bin/dirname")
    return str(folder)


def test_a_too_old_python_is_one_line(project, tmp_path):
    path = fake_path(tmp_path / "bin", 'case "$1" in --version) echo Python 3.9.2 ;; *) echo False ;; esac')

    text = refuse(project, PATH=path)

    assert text == (
        "Bloggy needs Python 3.11 or newer, but python3 is Python 3.9.2: install a newer one, then run this again.\n"
    )


def test_no_python_at_all_is_one_line(project, tmp_path):
    path = fake_path(tmp_path / "bin", "exit 127")

    text = refuse(project, PATH=path)

    assert text.startswith("Bloggy needs Python 3.11 or newer, and there is no python3 on PATH")
    assert text.count("\n") == 1


@pytest.fixture
def fresh(tmp_path):
    """A copy of the project without a virtual environment."""
    folder = copy_project(tmp_path / "fresh copy")
    (folder / ".venv").unlink()
    yield folder
    kill_all_in(folder)


def test_a_python_without_venv_is_one_line(fresh, tmp_path):
    real = os.path.realpath(sys.executable)
    path = fake_path(tmp_path / "bin", f'case "$*" in *-m\\ venv*) exit 1 ;; esac; exec {real} "$@"')

    text = refuse(fresh, PATH=path)

    installing, line = text.splitlines()
    assert installing.startswith("Installing")
    assert "apt install python3-venv" in line
    assert not (fresh / ".venv" / "bloggy-stamp").exists()


@pytest.mark.faults
def test_no_network_for_pip_is_one_line(fresh, tmp_path):
    no_network = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_FIND_LINKS": ""}

    text = refuse(fresh, PIP_RETRIES="0", PIP_NO_CACHE_DIR="1", **no_network)

    installing, line = text.splitlines()
    assert installing.startswith("Installing")
    assert line.startswith("pip can't reach the package index: check the network")
    assert not (fresh / ".venv" / "bloggy-stamp").exists()


@pytest.mark.faults
def test_a_stop_while_installing_leaves_nothing(fresh, port):
    run = begin(fresh, port, PIP_CONFIG_FILE=os.devnull, PIP_INDEX_URL="http://127.0.0.1:9/", PIP_RETRIES="20")
    log = fresh / "var" / "pip.log"
    wait_until(lambda: log.exists() and "Retrying" in log.read_text(), seconds=60)

    run.terminate()

    assert run.wait(30) == 128 + signal.SIGTERM
    assert not processes_in(fresh)
    assert "Traceback" not in said(fresh)


@pytest.mark.faults
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_can_run_it(port):
    with TemporaryDirectory() as folder:
        project = copy_project(Path(folder, "a blog"))
        copy_venv(project)
        subprocess.run(["chown", "--recursive", "65534:65534", folder], check=True)
        run = begin(project, port, AS_NOBODY, PATH="/usr/bin:/bin", HOME="/nonexistent")
        wait_for(run, project, port)

        os.killpg(run.pid, signal.SIGINT)

        assert run.wait(30) == 0
        assert not processes_in(project)
