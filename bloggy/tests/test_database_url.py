"""Every accepted form of DATABASE_URL, used to connect to a real server."""

import socket
from urllib.parse import quote

import pytest

from bloggy import database
from bloggy.tests.servers import URL_PASSWORD, running


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("pg"), "listen_addresses=127.0.0.1,::1") as server:
        yield server


def user_of(url):
    with database.connect(database.parse(url)) as connection:
        return connection.execute("SELECT current_user").fetchone()[0]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_host_and_a_percent_encoded_password(server, scheme, host):
    try:
        socket.create_connection((host.strip("[]"), server.port)).close()
    except OSError as error:
        pytest.skip(f"this machine has no {host}: {error}")

    assert user_of(f"{scheme}://bloggy:{URL_PASSWORD}@{host}:{server.port}/bloggy") == "bloggy"


@pytest.mark.parametrize(
    "form",
    [
        "postgresql:///bloggy?host={folder}&port={port}&user=bloggy",
        "postgresql://bloggy@/bloggy?host={folder}&port={port}",
        "postgresql://bloggy@{encoded}:{port}/bloggy",
    ],
)
def test_a_sockets_folder(server, form):
    folder = str(server.data)

    url = form.format(folder=quote(folder), encoded=quote(folder, safe=""), port=server.port)

    assert user_of(url) == "bloggy"


def test_parameters_of_libpq_arrive(server):
    query = "?sslmode=disable&application_name=a%20name&options=-c%20statement_timeout%3D7s&hostaddr=127.0.0.1"

    with database.connect(database.parse(server.url(host="db.example", query=query))) as connection:
        shown = [connection.execute(f"SHOW {name}").fetchone()[0] for name in ("application_name", "statement_timeout")]

    assert shown == ["a name", "7s"]


def test_the_limits_of_serving_leave_the_operators_own_options_their_say(server, settings):
    from bloggy.postgresql.base import limited

    config = database.parse(server.url(query="?options=-c%20statement_timeout%3D7s"))

    with database.connect(config | {"OPTIONS": limited(config["OPTIONS"])}) as connection:
        shown = [connection.execute(f"SHOW {name}").fetchone()[0] for name in ("lock_timeout", "statement_timeout")]

    assert shown == ["2s", "7s"]
