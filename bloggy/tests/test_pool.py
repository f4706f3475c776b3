"""What an instance holds of PostgreSQL's connections, asked of PostgreSQL while clients come at once."""

import os
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from bloggy.tests.servers import running, watching
from bloggy.tests.sites import manage, serving

pytestmark = pytest.mark.faults
CLIENTS = 64
REQUESTS = 2000
POOL = 8
PATHS = ["/", "/tags/", "/post/none/", "/accounts/login/", "/readyz", "/admin/login/"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("pg")) as server:
        manage(server.url(), "migrate", "-v0")
        manage(server.url(), "seed_demo", "--posts", "30")
        yield server


def test_64_clients_at_once_share_the_pool_and_none_gets_an_error(server, tmp_path):
    paths = (PATHS * REQUESTS)[:REQUESTS]
    with (
        serving(server.url(), tmp_path, DB_POOL_SIZE=str(POOL)) as site,
        ThreadPoolExecutor(CLIENTS) as clients,
        watching(server) as watch,
    ):
        statuses = Counter(answer.status for answer in clients.map(site.ask, paths))

    assert set(statuses) <= {200, 404}, statuses
    assert 1 < watch.most <= POOL
    assert len(watch.pids) <= POOL  # they are kept from request to request
    assert "ERROR" not in site.log.read_text()


def test_connections_are_closed_when_their_time_is_over(server, tmp_path):
    with serving(server.url(), tmp_path, DB_CONN_MAX_AGE="0") as site, watching(server) as watch:
        for _ in range(60):
            assert site.ask("/").status == 200

    assert len(watch.pids) > POOL


def test_a_kept_connection_that_was_lost_is_replaced_before_it_is_used(server, tmp_path):
    with serving(server.url(), tmp_path) as site, server.connect() as admin:
        for _ in range(5):
            for _ in range(20):
                assert site.ask("/").status == 200
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bloggy'")


def test_a_killed_worker_is_replaced_and_its_connections_are_given_back(server, tmp_path):
    with serving(server.url(), tmp_path) as site, site.asking(["/"] * 8) as answers, watching(server) as watch:
        for _ in range(3):
            os.kill(psutil.Process(site.process.pid).children()[0].pid, signal.SIGKILL)
            time.sleep(2)

    lost = [answer for answer in answers if answer.status != 200]
    assert len(lost) <= 3 * POOL // 2  # what the killed ones were answering
    assert watch.most <= POOL + POOL // 2  # until PostgreSQL has seen that a client is gone


def test_no_signal_adds_a_worker_and_with_it_connections(server, tmp_path):
    with serving(server.url(), tmp_path) as site:
        for _ in range(3):
            site.process.send_signal(signal.SIGTTIN)
            time.sleep(0.3)

        assert len(psutil.Process(site.process.pid).children()) == 2
        assert "No worker more" in site.log.read_text()


def test_the_limits_of_a_request_stand_in_its_session(server, tmp_path):
    limits = "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "TimeZone", "application_name"
    code = (
        "from bloggy import wsgi\nfrom django.db import connection\n"
        f"with connection.cursor() as cursor:\n for name in {limits}: cursor.execute('SHOW ' + name); "
        "print(cursor.fetchone()[0])\n"
    )
    said = manage(server.url(), "shell", "--verbosity", "0", "-c", code)

    assert said.split() == ["10s", "2s", "10s", "UTC", "bloggy"]
