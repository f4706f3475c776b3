"""Errors of a real gunicorn and a command, sent to a real Bugsink; and a collector that is away, silent or mad."""

import re
import socket
import subprocess
import threading
import time
from contextlib import closing, contextmanager, suppress
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from bloggy.tests import bugsink, servers
from bloggy.tests.processes import wait_until
from bloggy.tests.sites import manage, serving

pytestmark = pytest.mark.faults
EMAIL, PASSWORD, COMMENT = "zoe.secret@example.com", "Zoe's own passphrase", "what Zoe wrote"
SIGNING_KEY = "a-key-for-signing-" * 3
WORST = 3  # seconds for an answer on a busy machine; to wait for a silent collector would be 30
SITE_URL = "https://blog.example"
FILL = f"""
from accounts.models import User
from blog.tests.factories import PostFactory
PostFactory(slug="a-post", author=User.objects.create_user({EMAIL!r}, {PASSWORD!r}, first_name="Zoe"))
"""
# The row, with the password's hash and what was typed, is in the DETAIL of these errors, what was typed in the other.
BREAK_LOGIN = "ALTER TABLE accounts_user ADD CONSTRAINT broken CHECK (last_login IS NULL) NOT VALID"
BREAK_COMMENTS = "ALTER TABLE blog_comment ADD CONSTRAINT broken CHECK (body = '') NOT VALID"
READ = f"from blog.models import Post; Post.objects.get(excerpt={COMMENT!r})"
BREAK_POSTS = "ALTER TABLE blog_post RENAME COLUMN excerpt TO broken"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with servers.running(tmp_path_factory.mktemp("pg")) as server:
        manage(server.url(), "migrate", "-v0")
        manage(server.url(), "shell", "-v0", "-c", FILL)
        yield server


class Visitor:
    """Somebody with a cookie jar before a running gunicorn."""

    def __init__(self, port):
        self.site, self.jar = f"http://127.0.0.1:{port}", CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.jar))

    def ask(self, path, **fields):
        """GET a path, or POST fields to it with the token of its form; return status and text."""
        data = urlencode(fields).encode() if fields else None
        try:
            with self.opener.open(self.site + path, data, timeout=30) as response:
                return response.status, response.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    def token(self, path):
        return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.ask(path)[1])[1]


@contextmanager
def reporting(server, dsn, folder):
    """Yield a Site that reports to the DSN; afterwards it must end by itself, in the time that it has."""
    with serving(server.url(), folder, SENTRY_DSN=dsn, SECRET_KEY=SIGNING_KEY, SITE_URL=SITE_URL) as site:
        yield site
    assert "SIGKILL" not in site.log.read_text()


@contextmanager
def broken(server, *statements):
    """Break the schema while the context lasts."""
    with server.connect() as connection:
        for statement in statements:
            connection.execute(statement)
        try:
            yield
        finally:
            connection.execute("ALTER TABLE accounts_user DROP CONSTRAINT IF EXISTS broken")
            connection.execute("ALTER TABLE blog_comment DROP CONSTRAINT IF EXISTS broken")
            if BREAK_POSTS in statements:
                connection.execute("ALTER TABLE blog_post RENAME COLUMN broken TO excerpt")


def test_errors_reach_a_real_bugsink_without_personal_data(server, tmp_path):
    with bugsink.running(tmp_path) as sink, reporting(server, sink.dsn, tmp_path) as site:
        secrets, visitor, stranger = [], Visitor(site.port), Visitor(site.port)
        login = {"username": EMAIL, "password": PASSWORD}
        query = urlencode({"email": EMAIL, "password": PASSWORD})
        secrets.append(token := visitor.token("/accounts/login/"))
        assert visitor.ask("/accounts/login/", csrfmiddlewaretoken=token, **login)[0] == 200
        secrets.append(token := visitor.token("/post/a-post/"))
        secrets.append(other := stranger.token("/accounts/login/"))

        with broken(server, BREAK_LOGIN, BREAK_COMMENTS, BREAK_POSTS):
            comment = visitor.ask(f"/post/a-post/comment/?{query}", csrfmiddlewaretoken=token, body=COMMENT)
            failed = stranger.ask(f"/accounts/login/?{query}", csrfmiddlewaretoken=other, **login)
            page = visitor.ask(f"/feed/?{query}")  # the log-in led to /, which a worker knows now
            with pytest.raises(subprocess.CalledProcessError):
                manage(server.url(), "shell", "-c", READ, SENTRY_DSN=sink.dsn)
            events = wait_until(lambda: len(sink.events()) >= 4 and sink.events())

    assert [comment[0], failed[0], page[0]] == [500, 500, 500]
    shown = {event.get("request", {}).get("url", "").removeprefix(SITE_URL): event for event in events}
    assert set(shown) == {"/post/a-post/comment/", "/accounts/login/", "/feed/", ""}
    types = {path: event["exception"]["values"][-1]["type"] for path, event in shown.items()}
    assert types["/accounts/login/"] == "IntegrityError"
    assert types["/feed/"] == types[""] == "ProgrammingError"
    assert shown["/accounts/login/"]["transaction"] == "login"
    assert shown["/accounts/login/"]["request"]["method"] == "POST"
    assert "broken" in shown["/accounts/login/"]["exception"]["values"][-1]["value"]
    assert any(frame["filename"] == "accounts/views.py" for frame in frames(shown["/accounts/login/"]))

    with server.connect() as connection:
        secrets += connection.execute("SELECT left(password, 40) FROM accounts_user").fetchone()
    secrets += [cookie.value for who in (visitor, stranger) for cookie in who.jar]
    secrets += [EMAIL, EMAIL.replace("@", "%40"), "zoe", PASSWORD, "passphrase", COMMENT, SIGNING_KEY]
    secrets += [servers.PASSWORD, servers.URL_PASSWORD, '"vars"', '"server_name"']
    told = sink.everything().lower()
    assert [secret for secret in secrets if secret.lower() in told] == []
    assert len(secrets) >= 16


def frames(event):
    return event["exception"]["values"][-1]["stacktrace"]["frames"]


def test_an_outage_is_one_report_of_each_worker_without_the_host(server, tmp_path):
    with bugsink.running(tmp_path) as sink, reporting(server, sink.dsn, tmp_path) as site:
        server.stop()
        try:
            answers = [site.ask(path).status for path in ["/", "/accounts/login/", "/readyz"] * 20]
        finally:
            server.start()
        wait_until(lambda: site.ask("/").status == 200)

    assert 503 in answers
    assert 1 <= len(sink.events()) <= 2
    assert "127.0.0.1" not in str(sink.events())


@contextmanager
def collector(answer):
    """Yield the port of a server that answers every connection with endless or senseless bytes."""

    def serve(connection):
        with suppress(OSError), connection:
            connection.recv(65536)
            for part in answer():
                connection.sendall(part)

    def accept():
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=[listener.accept()[0]], daemon=True).start()

    with closing(socket.create_server(("127.0.0.1", 0), backlog=64)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


@contextmanager
def nobody():
    yield servers.free_port()


def drip():
    yield b"HTTP/1.1 200 OK\r\n\r\n"
    while True:
        yield b"x"
        time.sleep(0.1)


COLLECTORS = {
    "away": nobody,
    "silent": servers.silent,
    "no HTTP": lambda: collector(lambda: [b"\0\xff" * 1000]),
    "hanging up": lambda: collector(lambda: []),
    "failing": lambda: collector(lambda: [b"HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\nno\n"]),
    "refusing": lambda: collector(lambda: [b"HTTP/1.1 429 No\r\nRetry-After: x\r\nX-Sentry-Rate-Limits: ::\r\n\r\n"]),
    "endless": lambda: collector(drip),
}


@pytest.mark.parametrize("name", COLLECTORS)
def test_a_collector_in_any_state_holds_up_neither_a_request_nor_the_end(server, tmp_path, name):
    with (
        COLLECTORS[name]() as collector,
        reporting(server, f"http://key@127.0.0.1:{collector}/1", tmp_path) as site,
    ):
        with broken(server, BREAK_POSTS):
            for _ in range(250):  # more than two workers queue, 100 each
                answer = site.ask("/")
                assert (answer.status, answer.seconds < WORST) == (500, True)
        health = site.ask("/healthz")
        begun = time.monotonic()
    ending = time.monotonic() - begun

    assert (health.status, health.seconds < WORST) == (200, True)
    assert ending < 2 + 3  # what sentry-sdk may wait, and gunicorn's own time
