"""A database that cannot be used, at the start of a command, of gunicorn and of a container: a few lines, in time."""

import os
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bloggy.tests import sites
from bloggy.tests.processes import ROOT
from bloggy.tests.servers import PASSWORD, URL_PASSWORD, free_port, running, silent

pytestmark = pytest.mark.faults
TIMEOUT = 3  # DB_CONNECT_TIMEOUT
COMMANDS = {
    "a command": [sys.executable, "manage.py", "migrate"],
    "gunicorn": sites.GUNICORN,
    "the entrypoint": ["sh", "docker/entrypoint.sh", "gunicorn"],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("pg"), "max_connections=5", "superuser_reserved_connections=0") as server:
        yield server


def start(name, url, prefix=(), **environment):
    """Start a program with a DATABASE_URL; return its exit code, its lines and how many seconds it took."""
    variables = {"BLOGGY_ENV": "development", "DB_CONNECT_TIMEOUT": str(TIMEOUT), "SECRET_KEY": "x" * 50}
    variables |= {"PORT": str(free_port()), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    begun = time.monotonic()
    done = subprocess.run(
        [*prefix, *COMMANDS[name]],
        cwd=ROOT,
        env=sites.environment(url, **variables | environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    lines = [line for line in done.stdout.splitlines() if "[INFO]" not in line]  # gunicorn's own
    return done.returncode, lines, time.monotonic() - begun


def in_time(name, seconds):
    """Tell whether a start ended as soon as it must; a slow machine's may take what three take that do not connect."""
    return seconds < TIMEOUT + 2 + 2 or seconds < TIMEOUT + 2 + 3 * start(name, "sqlite:///x")[2]


# what is wrong -> how the URL comes about, and what the advice says
CASES = {
    "not running": (lambda server, port: f"postgresql://u:{URL_PASSWORD}@127.0.0.1:{free_port()}/bloggy", "Start it"),
    "unknown host": (lambda server, port: f"postgresql://u:{URL_PASSWORD}@nowhere.invalid/bloggy", "Correct the host"),
    "wrong password": (lambda server, port: server.url(password="wr%2Fong"), "Correct user and password"),
    "no such user": (lambda server, port: server.url(user="nobody"), "Correct user and password"),
    "no such database": (lambda server, port: server.url(database="nothing"), "Create it"),
    "no answer": (lambda server, port: f"postgresql://u:{URL_PASSWORD}@127.0.0.1:{port}/bloggy", "Check host, port"),
    "TLS refused": (lambda server, port: server.url(query="?sslmode=require"), "Give the server a certificate"),
}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("case", CASES)
def test_it_ends_with_what_happened_and_what_to_do(server, name, case):
    with silent() as port:
        make, advice = CASES[case]
        url = make(server, port)
        url += "" if "?" in url else "?sslmode=prefer"  # production's own is require
        code, lines, seconds = start(name, url, BLOGGY_ENV="production", ALLOWED_HOSTS="blog.example")

    said = "\n".join(lines)
    assert code == 1
    assert len(lines) <= 3, said
    assert advice in said
    assert "Traceback" not in said
    assert PASSWORD not in said
    assert URL_PASSWORD not in said
    assert "wr/ong" not in said
    parts = urlsplit(url)
    where = f"PostgreSQL at {parts.hostname}:{parts.port or 5432} cannot be used"
    assert f"{where} (database {parts.path[1:]}, user {parts.username}): " in said
    assert in_time(name, seconds)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_frozen_server_is_given_up_in_time(server, name):
    server.freeze()
    code, lines, seconds = start(name, server.url())
    server.thaw()

    assert (code, len(lines) <= 3) == (1, True), lines
    assert "Check host, port and firewall" in "\n".join(lines)
    assert in_time(name, seconds)


@pytest.fixture
def silent_resolver(tmp_path):
    """A command's prefix by which it asks a name server that never answers."""
    address = f"127.{os.getpid() >> 16}.{os.getpid() >> 8 & 255}.{os.getpid() & 255 or 1}"  # this process's own
    (tmp_path / "resolv.conf").write_text(f"nameserver {address}\n")
    mount = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"']
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as listener:
        try:
            listener.bind((address, 53))
        except OSError as error:
            pytest.skip(f"the port of name servers is for root: {error}")
        yield [*mount, tmp_path / "resolv.conf"]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_slow_resolver_is_given_up_in_time(silent_resolver, name):
    code, lines, seconds = start(name, "postgresql://u:secret@db.example/bloggy", prefix=silent_resolver)

    assert (code, len(lines) <= 3) == (1, True), lines
    assert "the name db.example was not resolved in 3 seconds" in "\n".join(lines)
    assert in_time(name, seconds)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_server_without_a_free_slot_is_told(server, name):
    held = []
    try:
        while True:
            held.append(server.connect())
    except Exception:
        code, lines, _seconds = start(name, server.url())
    for connection in held:
        connection.close()

    assert (code, len(lines) <= 3) == (1, True), lines
    assert "max_connections" in "\n".join(lines)


def test_a_command_that_a_limit_of_its_role_ends_is_told_so(server):
    sleep = "from django.db import connection; connection.cursor().execute('SELECT pg_sleep(20)')"

    with pytest.raises(subprocess.CalledProcessError) as failed:
        sites.manage(server.url(query="?options=-c%20statement_timeout%3D300"), "shell", "-v0", "-c", sleep)

    assert "let it have more time" in failed.value.stderr
    assert failed.value.stderr.count("\n") == 2
