"""A real Bugsink, set up once in var/bugsink and copied for each test that sends errors to it."""

import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from bloggy import embedded
from bloggy.tests.processes import wait_until
from bloggy.tests.servers import free_port

REQUIREMENTS = Path(__file__).with_name("bugsink.txt")
FOLDER = embedded.VAR / "bugsink"
BIN, HOME = FOLDER / "venv" / "bin", FOLDER / "home"
STAMP = FOLDER / "stamp"  # written last
# It calls nobody, takes each event in the request that brings it, and keeps what it was sent as it was.
SETTINGS = """
BUGSINK |= {"PHONEHOME": False, "KEEP_ENVELOPES": 1000, "INGEST_STORE_BASE_DIR": "ingest"}
"""
ENVIRONMENT = {"PATH": os.environ["PATH"]}  # nothing of Bloggy's
PROJECT = "from projects.models import Project; Project.objects.create(name='bloggy')"


class Bugsink:
    """A running Bugsink with one project, `dsn`."""

    def __init__(self, folder, port):
        self.database = f"file:{folder / 'db.sqlite3'}?mode=ro"
        (key,) = self.query("SELECT sentry_key FROM projects_project")[0]
        self.dsn = f"http://{key}@127.0.0.1:{port}/1"

    def query(self, statement):
        with closing(sqlite3.connect(self.database, uri=True, timeout=20)) as connection:
            return connection.execute(statement).fetchall()

    def events(self):
        """Return the events that it shows, the oldest first."""
        return [json.loads(data) for (data,) in self.query("SELECT data FROM events_event ORDER BY id")]

    def everything(self):
        """Return all that it knows of the events, in any form, as one text."""
        tables = ("events_event", "ingest_envelope", "issues_issue", "issues_grouping", "tags_tagvalue")
        return "\n".join(str(row) for table in tables for row in self.query(f"SELECT * FROM {table}"))


@contextmanager
def running(folder):
    """Yield a Bugsink in the folder; skip the test where pip can't install it, but fail where CI is set."""
    set_up()
    home, port = folder / "bugsink", free_port()
    shutil.copytree(HOME, home)
    command = [BIN / "gunicorn", "bugsink.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    with open(home / "log", "w") as log:
        process = subprocess.Popen(command, cwd=home, env=ENVIRONMENT, stdout=log, stderr=log)
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/"), 60)
        yield Bugsink(home, port)
    finally:
        process.terminate()
        process.wait(60)


def set_up():
    """Install it and make its database unless that is done."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    stamp = f"{FOLDER}\n{SETTINGS}{REQUIREMENTS.read_text()}"
    with open(FOLDER / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if STAMP.exists() and STAMP.read_text() == stamp:
            return
        for old in (STAMP, BIN.parent, HOME):
            shutil.rmtree(old) if old.is_dir() else old.unlink(missing_ok=True)
        HOME.mkdir()
        install()
        run(BIN / "bugsink-create-conf", "--template=local", "--host=127.0.0.1")
        with open(HOME / "bugsink_conf.py", "a") as conf:
            conf.write(SETTINGS)
        run(BIN / "bugsink-manage", "migrate")
        run(BIN / "bugsink-manage", "migrate", "snappea", "--database=snappea")
        run(BIN / "bugsink-manage", "shell", "-c", PROJECT)
        STAMP.write_text(stamp)


def install():
    run(sys.executable, "-m", "venv", BIN.parent)
    command = [BIN / "pip", "install", "--no-input", "--retries", "1", "--quiet", "--requirement", REQUIREMENTS]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing(f"pip can't install Bugsink: {done.stdout.strip()[-300:]}")


def run(*command):
    done = subprocess.run(
        command, cwd=HOME, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert done.returncode == 0, done.stdout


def answers(url):
    try:
        with urlopen(url, timeout=20):
            return True
    except HTTPError:
        return True
    except OSError:
        return False
