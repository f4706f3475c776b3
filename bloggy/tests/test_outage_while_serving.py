"""PostgreSQL gone while gunicorn serves: quick 503s, a quiet log, and service again by itself."""

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import namedtuple
from contextlib import suppress

import psycopg
import pytest

from bloggy.static_files import collect_if_changed
from bloggy.tests.processes import ROOT, wait_until
from bloggy.tests.servers import PASSWORD, free_port, running

pytestmark = pytest.mark.faults
WORST = 4  # seconds for a 503
BACK = 2  # seconds to serve again
FOUND_OUT = 2  # seconds
SLOTS = 9  # of the server, for ordinary roles beside a superuser
SLACK = 1  # seconds of a slow machine's
PATHS = ["/", "/accounts/login/", "/post/none/", "/readyz", "/healthz"]
Answer = namedtuple("Answer", "path status seconds begun retry_after")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    settings = f"max_connections={SLOTS + 3}", "superuser_reserved_connections=2"
    with running(tmp_path_factory.mktemp("pg"), *settings) as server:
        environment = os.environ | {"DATABASE_URL": server.url(), "DJANGO_SETTINGS_MODULE": "bloggy.settings"}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
        yield server


class Site:
    """gunicorn with two workers and eight connections before a server."""

    def __init__(self, server, folder):
        collect_if_changed()
        self.port, self.log = free_port(), folder / "log"
        environment = os.environ | {
            **{"BLOGGY_ENV": "development", "DATABASE_URL": server.url(), "DJANGO_SETTINGS_MODULE": "bloggy.settings"},
            **{"DB_POOL_SIZE": "8", "WEB_CONCURRENCY": "2", "PORT": str(self.port), "SECRET_KEY": "x" * 50},
        }
        command = [sys.executable, "-m", "gunicorn", "--config", "bloggy/gunicorn.conf.py", "bloggy.wsgi"]
        with open(self.log, "w") as output:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        wait_until(lambda: self.ask("/readyz").status == 200)

    def ask(self, path):
        """Return the Answer to a GET, its status None where there is none."""
        begun = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz012345"})
            response = connection.getresponse()
            response.read()
            status, retry_after = response.status, response.headers.get("Retry-After")
        except OSError:
            status = retry_after = None
        finally:
            connection.close()
        return Answer(path, status, time.monotonic() - begun, begun, retry_after)

    def ask_meanwhile(self, paths):
        """Ask for the paths, each over and over by a thread of its own, until the returned function is called."""
        answers, over = [], threading.Event()

        def ask(path):
            while not over.wait(0.05):
                answers.append(self.ask(path))

        threads = [threading.Thread(target=ask, args=[path]) for path in paths]
        for thread in threads:
            thread.start()

        def stop():
            over.set()
            for thread in threads:
                thread.join(60)
            return answers

        return stop


@pytest.fixture
def site(server, tmp_path):
    site = Site(server, tmp_path)
    yield site
    site.process.send_signal(signal.SIGTERM)
    assert site.process.wait(40) == 0


def take_all_slots(server):
    """Leave no slot but the reserved ones: end the site's connections, and be quicker than it is to take them."""
    admin = server.connect()
    server.held, deadline = [admin], time.monotonic() + 20
    while len(server.held) <= SLOTS:
        assert time.monotonic() < deadline
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bloggy'")
        with suppress(psycopg.OperationalError):
            while True:
                server.held.append(server.connect(user="bloggy"))


def give_slots_back(server):
    for connection in server.held:
        connection.close()


OUTAGES = {
    "stopped": (lambda server: server.stop("fast"), lambda server: server.start()),
    "killed": (lambda server: server.kill(), lambda server: server.start()),
    "frozen": (lambda server: server.freeze(), lambda server: server.thaw()),
    "slots taken": (take_all_slots, give_slots_back),
}


@pytest.mark.parametrize("outage", OUTAGES)
def test_an_outage_is_quick_503s_and_over_when_it_is_over(server, site, outage):
    go, come_back = OUTAGES[outage]
    stop = site.ask_meanwhile([*PATHS * 2, static_file()])
    time.sleep(1)

    go(server)
    gone = time.monotonic()
    time.sleep(8)
    come_back(server)
    back = time.monotonic()
    time.sleep(BACK + SLACK + 3)
    answers = stop()

    during = [answer for answer in answers if gone < answer.begun < back - 0.1]
    needing = [answer for answer in during if answer.path in ("/", "/accounts/login/", "/post/none/")]
    assert {answer.status for answer in answers} <= {200, 404, 503}
    assert max(answer.seconds for answer in needing) < WORST + SLACK
    settled = [answer for answer in needing if answer.begun > gone + WORST + SLACK]
    assert settled
    assert {answer.status for answer in settled} == {503}
    assert max(answer.seconds for answer in settled) < 1
    assert all(answer.retry_after for answer in needing if answer.status == 503)
    for path, statuses in {"/healthz": {200}, static_file(): {200}}.items():
        assert {answer.status for answer in answers if answer.path == path} == statuses
        # As long as every thread may wait, before one of them finds out.
        assert max(answer.seconds for answer in answers if answer.path == path) < FOUND_OUT + SLACK
    assert {answer.status for answer in during if answer.path == "/readyz" and answer.begun > gone + WORST} == {503}
    late = {answer.status for answer in answers if answer.begun > back + BACK + SLACK}
    assert late == {200, 404}, f"not served again {BACK} seconds after it was back"
    lines = site.log.read_text().splitlines()
    told = [line for line in lines if "503" in line or "Unavailable" in line or "PostgreSQL" in line]
    assert len(told) <= 15 + 3
    assert "Traceback" not in "\n".join(lines)
    assert PASSWORD not in "\n".join(lines)


def static_file():
    page = (ROOT / "var" / "static" / "staticfiles.json").read_text()
    return "/static/" + re.search(r'"css/bloggy.css": "([^"]+)"', page)[1]
