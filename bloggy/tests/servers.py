"""A PostgreSQL of a test's own that can be stopped, killed and frozen; and things that are no PostgreSQL."""

import os
import shlex
import shutil
import signal
import socket
import threading
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from bloggy import embedded
from bloggy.embedded_programs import run

PASSWORD = "pw/with:odd@letters"
URL_PASSWORD = "pw%2Fwith%3Aodd%40letters"


def free_port():
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return listener.getsockname()[1]


class Server:
    """A cluster in a folder, with an empty database `bloggy` for the user bloggy, who has a password.

    settings are PostgreSQL's ("name=value"); programs is the folder of another PostgreSQL's programs.
    """

    def __init__(self, folder, *settings, programs=""):
        self.data, self.port, self.settings, self.programs = folder / "data", free_port(), settings, programs
        self.data.mkdir(mode=0o700)
        secret = folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        options = ["--username=postgres", "--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={secret}"]
        run(self.data, self.program("initdb"), *options, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        self.start()
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE ROLE bloggy LOGIN PASSWORD '{PASSWORD}'")
            connection.execute("CREATE DATABASE bloggy OWNER bloggy")

    def program(self, name):
        return f"{self.programs}/{name}" if self.programs else name

    def url(self, user="bloggy", password=URL_PASSWORD, host="127.0.0.1", database="bloggy", query=""):
        return f"postgresql://{user}:{password}@{host}:{self.port}/{database}{query}"

    def connect(self, database="bloggy", **parameters):
        where = {"host": str(self.data), "port": self.port, "user": "postgres", "dbname": database}
        return psycopg.connect(**where | {"autocommit": True} | parameters)

    def start(self):
        settings = ["listen_addresses=127.0.0.1", f"port={self.port}", f"unix_socket_directories={self.data}"]
        options = " ".join("-c " + shlex.quote(setting) for setting in [*settings, *embedded.FAST, *self.settings])
        run(self.data, self.program("pg_ctl"), "-w", "-t", "60", "-l", "log", "-o", options, "start")

    def stop(self, mode="immediate"):
        self.thaw()
        run(self.data, self.program("pg_ctl"), "-w", "-t", "60", "-m", mode, "stop")

    def freeze(self):
        self._signal(signal.SIGSTOP)

    def thaw(self):
        self._signal(signal.SIGCONT)

    def kill(self):
        self._signal(signal.SIGKILL)

    def _signal(self, number):
        for pid in embedded._processes(self.data):
            with suppress(ProcessLookupError):
                os.kill(pid, number)


@contextmanager
def running(folder, *settings, **options):
    """Yield a Server, and end it whatever was done to it."""
    server = Server(folder, *settings, **options)
    try:
        yield server
    finally:
        server.thaw()
        server.kill()


class Watch:
    """The most backends that worked for the site at once, and the process ids of all of them."""

    def __init__(self):
        self.most, self.pids = 0, set()


@contextmanager
def watching(server):
    """Yield a Watch on the server, from a connection of its own."""
    watch, over = Watch(), threading.Event()

    def look():
        with server.connect() as connection:
            while not over.wait(0.01):
                rows = connection.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'bloggy'")
                pids = {pid for (pid,) in rows}
                watch.most = max(watch.most, len(pids))
                watch.pids |= pids

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()


def installed(program, package):
    """Return the path of a program of a Debian package; skip the test without it, or fail it where CI is set."""
    if path := shutil.which(program) or next(iter(sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))), None):
        return path
    (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{program} is missing: apt install {package}")


@contextmanager
def silent():
    """Yield the port of a listener that takes connections and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=64)) as listener:
        yield listener.getsockname()[1]
