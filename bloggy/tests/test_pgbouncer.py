"""Bloggy behind PgBouncer in transaction mode (DB_PGBOUNCER=true), Debian's own."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from bloggy.tests.poolers import pooling
from bloggy.tests.servers import running, watching
from bloggy.tests.sites import begin, manage, serving

pytestmark = pytest.mark.faults
LIMITS = {"statement_timeout": "10s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "10s"}
POOLER = {"DB_PGBOUNCER": "true", "BLOGGY_ENV": "development"}
COOKIE = "sessionid=abcdefghijklmnopqrstuvwxyz012345"  # a session has to be looked up
PATHS = ["/", "/tags/", "/post/none/", "/accounts/login/", "/readyz", "/admin/login/"]
SIZE = 3  # connections of the pooler to the server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("pg")) as server:
        manage(server.url(), "migrate", "-v0")
        manage(server.url(), "seed_demo", "--posts", "60")
        yield server


@pytest.fixture
def url(server, tmp_path):
    with pooling(server, tmp_path, SIZE) as url:
        yield url


def test_64_clients_share_few_connections_of_the_pooler_and_none_gets_an_error(server, url, tmp_path):
    with (
        serving(url, tmp_path, **POOLER, DB_POOL_SIZE="16") as site,
        ThreadPoolExecutor(64) as clients,
        watching(server) as watch,
    ):
        statuses = Counter(answer.status for answer in clients.map(site.ask, PATHS * 150))

    assert set(statuses) <= {200, 404}, statuses
    assert 1 < watch.most <= SIZE


READ = """
from threading import Thread
from django.db import connection
from blog.models import Post
found = []
def read():
    for _ in range(5):
        found.extend(post.pk for post in Post.objects.iterator(chunk_size=2))
    connection.close()
threads = [Thread(target=read) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(len(found))
"""


def test_rows_are_read_without_cursors_in_the_server(url):
    assert manage(url, "shell", "-v0", "-c", READ, **POOLER).strip() == str(8 * 5 * 60)


def test_the_limits_of_the_pooler_hold_and_no_session_leaves_others_behind(server, url):
    show = "from django.db import connection\nwith connection.cursor() as cursor:\n"
    show += f" for name in {[*LIMITS]}: print(*cursor.execute('SHOW ' + name).fetchone())\n"

    before = manage(url, "shell", "-v0", "-c", show, **POOLER).split()
    manage(url, "migrate", "-v0", **POOLER)
    after = [manage(url, "shell", "-v0", "-c", show, **POOLER).split() for _ in range(SIZE)]

    with server.connect() as admin:
        locks = admin.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone()[0]

    assert before == [*LIMITS.values()]
    assert after == [before] * SIZE
    assert locks == 0


def test_migrations_go_around_the_pooler(server):
    nowhere = "postgresql://bloggy@127.0.0.1:9/bloggy"

    said = manage(nowhere, "migrate", **POOLER, DATABASE_DIRECT_URL=server.url())

    assert "No migrations to apply." in said


def test_of_two_that_migrate_an_empty_database_through_the_pooler_one_waits(tmp_path):
    with running(tmp_path) as empty, pooling(empty, tmp_path, SIZE) as url:
        processes = [begin(url, "migrate", **POOLER) for _ in range(2)]
        said = [process.communicate(timeout=120)[0] for process in processes]

    assert [process.returncode for process in processes] == [0, 0], said
    assert sum("Applying blog.0001_initial... OK" in text for text in said) == 1
    assert sum("Another process is migrating this database" in text for text in said) == 1


WAIT = """
import time
from django.db import OperationalError, connection
from bloggy import wsgi
with connection.cursor() as cursor:
    begun = time.monotonic()
    print("waits", flush=True)
    try:
        cursor.execute("SELECT pg_sleep(9)")
    except OperationalError:
        print(time.monotonic() - begun)
"""


def test_a_statement_that_waits_for_a_frozen_server_behind_the_pooler_is_given_up(server, url):
    process = begin(url, "shell", "-v0", "-c", WAIT, **POOLER)
    assert process.stdout.readline() == "waits\n"
    server.freeze()
    try:
        said, _nothing = process.communicate(timeout=60)
    finally:
        server.thaw()

    assert float(said.splitlines()[-1]) < 6


@pytest.mark.parametrize("away", ["stop", "freeze"])
def test_a_server_that_is_gone_behind_the_pooler_is_quick_503s_and_back_by_itself(server, url, tmp_path, away):
    paths = ["/", "/accounts/login/", "/post/none/", "/readyz"] * 2
    with serving(url, tmp_path, **POOLER) as site, site.asking(paths, Cookie=COOKIE) as answers:
        time.sleep(1)
        getattr(server, away)()
        gone = time.monotonic()
        time.sleep(8)
        server.thaw() if away == "freeze" else server.start()
        back = time.monotonic()
        time.sleep(6)

    during = [answer for answer in answers if gone < answer.begun < back - 0.1]
    assert {answer.status for answer in answers} <= {200, 404, 503}
    assert max(answer.seconds for answer in during) < 5
    assert {answer.status for answer in during if answer.begun > gone + 5} == {503}
    assert max(answer.seconds for answer in during if answer.begun > gone + 5) < 1
    assert {answer.status for answer in answers if answer.begun > back + 4} == {200, 404}
