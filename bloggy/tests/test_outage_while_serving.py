"""PostgreSQL gone while gunicorn serves in production: quick 503s, a quiet log, and service again by itself."""

import re
import time
from contextlib import suppress

import psycopg
import pytest

from bloggy.tests.servers import PASSWORD, running
from bloggy.tests.sites import manage, serving, static_file

pytestmark = pytest.mark.faults
WORST = 4  # seconds for a 503
BACK = 2  # seconds to serve again
FOUND_OUT = 2  # seconds
SLOTS = 9  # of the server, for ordinary roles beside a superuser
SLACK = 1  # seconds of a slow machine's
COOKIE = "__Host-sessionid=abcdefghijklmnopqrstuvwxyz012345"
PATHS = ["/", "/accounts/login/", "/post/none/", "/readyz", "/healthz"]
USER, DATABASE = "quill", "letters"  # names that no other line of the log holds


def url_of(server):
    return server.url(user=USER, database=DATABASE, query="?sslmode=disable")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    settings = f"max_connections={SLOTS + 3}", "superuser_reserved_connections=2"
    with running(tmp_path_factory.mktemp("pg"), *settings) as server:
        with server.connect() as connection:
            connection.execute(f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'")
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {USER}")
        manage(url_of(server), "migrate", "-v0")
        yield server


@pytest.fixture
def site(server, tmp_path):
    with serving(url_of(server), tmp_path, BLOGGY_ENV="production") as site:
        yield site


def take_all_slots(server):
    """Leave no slot but the reserved ones: end the site's connections, and be quicker than it is to take them."""
    admin = server.connect()
    server.held, deadline = [admin], time.monotonic() + 20
    while len(server.held) <= SLOTS:
        assert time.monotonic() < deadline
        admin.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{USER}'")
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
    with site.asking([*PATHS * 2, static_file()], Cookie=COOKIE) as answers:
        time.sleep(1)
        go(server)
        gone = time.monotonic()
        time.sleep(8)
        come_back(server)
        back = time.monotonic()
        time.sleep(BACK + SLACK + 3)

    during = [answer for answer in answers if gone < answer.begun < back - 0.1]
    needing = [answer for answer in during if answer.path in ("/", "/accounts/login/", "/post/none/")]
    assert {answer.status for answer in answers} <= {200, 404, 503}
    assert max(answer.seconds for answer in needing) < WORST + SLACK
    settled = [answer for answer in needing if answer.begun > gone + WORST + SLACK]
    assert settled
    assert {answer.status for answer in settled} == {503}
    assert max(answer.seconds for answer in settled) < 1
    assert all(answer.headers["Retry-After"] for answer in needing if answer.status == 503)
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
    assert "PostgreSQL answers again." in "\n".join(told)
    assert "Traceback" not in "\n".join(lines)
    for detail in (PASSWORD, str(server.port), USER, DATABASE):
        assert not re.search(rf"\b{detail}\b", "\n".join(lines))
