"""gunicorn told to reload (SIGHUP): new settings count, bad ones leave the service as it was."""

import signal
import subprocess

import pytest

from bloggy.tests.processes import copy_project, wait_until
from bloggy.tests.servers import running
from bloggy.tests.sites import GUNICORN, environment, manage, serving

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
        assert "the service goes on as it was. gunicorn: DB_POOL_SIZE must be" in site.log.read_text()
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


@pytest.mark.parametrize(
    "file",
    [
        *("bloggy/wsgi.py", "bloggy/worker.py", "bloggy/sessions.py", "bloggy/context_processors.py", "blog/views.py"),
        *("bloggy/gunicorn.conf.py", "templates/503.html"),
    ],
)
def test_what_a_worker_could_not_import_is_found_out_before(tmp_path, file):
    project = copy_project(tmp_path / "project")
    command = [*GUNICORN[:-1], "--check-config", "bloggy.trial"]
    variables = environment("postgresql://u@h/d")
    sound = subprocess.run(command, cwd=project, env=variables, capture_output=True, text=True)
    (project / file).unlink() if file.endswith("html") else (project / file).write_text("this is no Python\n")

    broken = subprocess.run(command, cwd=project, env=variables, capture_output=True, text=True)

    assert sound.returncode == 0, sound.stderr
    assert broken.returncode != 0
