"""manage.py where bin/run has made var/postgres and DATABASE_URL is not set."""

import os
import shutil
import subprocess
import sys

import pytest

from bloggy.tests.processes import copy_project, kill_all_in, processes_in

SHELL = {"DATABASE_URL", "DATABASE_URL_FILE", "BLOGGY_ENV", "DJANGO_SETTINGS_MODULE"}
SAID = "DATABASE_URL is not set: using bin/run's PostgreSQL in var/postgres.\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = copy_project(tmp_path_factory.mktemp("manage") / "my blog")
    start = "from bloggy import embedded; embedded.start('postgres', embedded.FAST)"
    subprocess.run([sys.executable, "-c", start], cwd=folder, check=True)
    yield folder
    kill_all_in(folder)


def manage(project, *arguments, **changes):
    environment = {key: value for key, value in os.environ.items() if key not in SHELL} | changes
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=60)


def test_a_command_that_connects_starts_the_server_says_so_once_and_stops_it(project):
    query = (
        "from django.db import connection as c; c.ensure_connection(); c.close(); c.ensure_connection(); print('in')"
    )

    done = manage(project, "shell", "--no-imports", "-c", query)

    assert (done.returncode, done.stdout, done.stderr) == (0, "in\n", SAID)
    assert not processes_in(project)


def test_psql_gets_in_too(project):
    done = manage(project, "dbshell", "--", "-Atc", "SELECT current_database()", PGPORT="5999")

    assert (done.returncode, done.stdout, done.stderr) == (0, "bloggy\n", SAID)
    assert not processes_in(project)


def test_where_psql_is_not_installed_the_one_from_pip_gets_in(project, tmp_path):
    for name in ("setpriv", "sh", "test", "unshare"):  # what embedded.py uses
        if path := shutil.which(name):
            (tmp_path / name).symlink_to(path)

    done = manage(project, "dbshell", "--", "-Atc", "SELECT current_database()", PATH=str(tmp_path))

    assert (done.returncode, done.stdout, done.stderr) == (0, "bloggy\n", SAID)


def test_a_command_that_does_not_connect_starts_nothing(project):
    log = project / "var" / "postgres" / "log"
    before = log.stat()

    done = manage(project, "check")

    assert (done.returncode, SAID in done.stderr) == (0, False), done.stderr
    assert log.stat() == before


def test_a_server_that_cannot_start_is_one_line_and_no_traceback(project):
    version_file = project / "var" / "postgres" / "PG_VERSION"
    version = version_file.read_text()
    version_file.write_text("9\n")

    done = manage(project, "migrate", "--plan")

    version_file.write_text(version)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "set DATABASE_URL" in done.stderr.splitlines()[0]


def test_in_production_it_is_not_used(project):
    done = manage(project, "check", BLOGGY_ENV="production", SECRET_KEY="k" * 60, ALLOWED_HOSTS="blog.example")

    assert done.returncode == 1
    assert "DATABASE_URL must be set" in done.stderr
