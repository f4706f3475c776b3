"""An encrypted connection, to Debian's PostgreSQL: pip's has no TLS."""

import subprocess
from pathlib import Path

import pytest

from bloggy.tests.servers import PASSWORD, installed, running
from bloggy.tests.sites import manage, serving

pytestmark = pytest.mark.faults
PRODUCTION = {"BLOGGY_ENV": "production", "SECRET_KEY": "x" * 50, "ALLOWED_HOSTS": "127.0.0.1"}
ASK = (
    "from django.db import connection as c; x = c.cursor(); "
    "x.execute('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'); print(x.fetchone()[0])"
)


def certificate(folder, name):
    """Make a key and a certificate for 127.0.0.1 that signs itself; return the certificate's path."""
    key, path = folder / f"{name}.key", folder / f"{name}.crt"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-days", "2"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", path]
    subprocess.run(command, check=True, capture_output=True)
    key.chmod(0o600)
    return path


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    programs = Path(installed("initdb", "postgresql")).parent
    folder = tmp_path_factory.mktemp("tls")
    with running(folder, programs=programs) as server:
        server.certificate = certificate(server.data, "server")
        server.stop("fast")
        server.settings = "ssl=on", "ssl_cert_file=server.crt", "ssl_key_file=server.key"
        server.start()
        manage(server.url(), "migrate", "-v0")
        yield server


@pytest.mark.parametrize(
    ("query", "variables", "encrypted"),
    [
        ("", PRODUCTION, "True"),
        ("?sslmode=disable", PRODUCTION, "False"),
        ("", {"BLOGGY_ENV": "development"}, "True"),
        ("", {"BLOGGY_ENV": "test"}, "True"),
    ],
)
def test_a_connection_is_encrypted_unless_the_url_says_otherwise(server, query, variables, encrypted):
    assert manage(server.url(query=query), "shell", "-v0", "-c", ASK, **variables).strip() == encrypted


def test_a_certificate_can_be_checked(server, tmp_path):
    url = server.url(query=f"?sslmode=verify-full&sslrootcert={server.certificate}")

    assert manage(url, "shell", "-v0", "-c", ASK, **PRODUCTION).strip() == "True"


def test_a_strangers_certificate_is_refused_in_two_lines(server, tmp_path):
    stranger = certificate(tmp_path, "stranger")
    url = server.url(query=f"?sslmode=verify-full&sslrootcert={stranger}")

    with pytest.raises(subprocess.CalledProcessError) as failed:
        manage(url, "migrate", **PRODUCTION)

    assert "Give the server a certificate" in failed.value.stderr
    assert failed.value.stderr.count("\n") == 2
    assert PASSWORD not in failed.value.stderr


def test_the_start_says_so_in_development_and_says_nothing_in_production(server, tmp_path):
    where = f"at 127.0.0.1:{server.port}, database bloggy, user bloggy, TLS, at most 8 connections."
    with serving(server.url(), tmp_path) as development:
        assert where in development.log.read_text()

    with serving(server.url(), tmp_path, **PRODUCTION) as production:
        assert production.ask("/").status == 200
        assert str(server.port) not in production.log.read_text()
