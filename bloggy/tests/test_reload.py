"""gunicorn told to reload (SIGHUP): new settings count, bad ones leave the service as it was."""

import signal

import pytest

from bloggy.tests.processes import wait_until
from bloggy.tests.servers import running
from bloggy.tests.sites import manage, serving

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with running(tmp_path_factory.mktemp("pg")) as server:
        manage(server.url(), "migrate", "-v0")
        yield server.url()


def test_a_reload_takes_new_settings_and_fails_nobody_and_bad_ones_stop_nothing(url, tmp_path):
    name, pool = tmp_path / "name", tmp_path / "pool"
    name.write_text("The Allotment")
    pool.write_text("8")
    files = {"SITE_NAME_FILE": str(name), "DB_POOL_SIZE_FILE": str(pool), "DB_POOL_SIZE": ""}
    with serving(url, tmp_path, **files) as site, site.asking(["/"] * 4, pause=0) as answers:
        name.write_text("The Orchard")
        site.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "The Orchard" in site.ask("/").text)
        name.write_text("The Meadow")
        pool.write_text("none")
        site.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "Not reloaded" in site.log.read_text())

        assert "The Orchard" in site.ask("/").text
        assert "the service goes on as it was. manage.py: DB_POOL_SIZE must be" in site.log.read_text()
        pool.write_text("4")
        site.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "The Meadow" in site.ask("/").text)
    assert {answer.status for answer in answers} == {200}


def test_a_reload_without_a_database_stops_nothing(tmp_path):
    with running(tmp_path) as server:
        manage(server.url(), "migrate", "-v0")
        with serving(server.url(), tmp_path) as site:
            server.stop()
            site.process.send_signal(signal.SIGHUP)
            wait_until(lambda: site.log.read_text().count("Booting worker") == 4)
            wait_until(lambda: site.ask("/").status == 503)
            server.start()

            wait_until(lambda: site.ask("/").status == 200)
