"""gunicorn before a database, as an operator starts it, and requests to it."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import namedtuple
from contextlib import contextmanager

from bloggy.static_files import collect_if_changed
from bloggy.tests.processes import ROOT, wait_until

GUNICORN = [sys.executable, "-m", "gunicorn", "--config", "bloggy/gunicorn.conf.py", "bloggy.wsgi"]
Answer = namedtuple("Answer", "path status seconds begun headers text")


def environment(url, **more):
    """Return the environment of a process that works on the database of a URL."""
    return os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "bloggy.settings"} | more


def manage(url, *command, **more):
    """Run manage.py on the database of a URL and return what it says; raises CalledProcessError if it fails."""
    command = [sys.executable, "manage.py", *command]
    return subprocess.run(
        command, cwd=ROOT, env=environment(url, **more), check=True, capture_output=True, text=True, timeout=300
    ).stdout


def begin(url, *command, **more):
    """Begin what manage() does; return the process, whose output is one pipe."""
    command, pipe = [sys.executable, "manage.py", *command], subprocess.PIPE
    return subprocess.Popen(
        command, cwd=ROOT, env=environment(url, **more), stdout=pipe, stderr=subprocess.STDOUT, text=True
    )


class Site:
    """A gunicorn that starts, with two workers and eight connections unless more says otherwise."""

    def __init__(self, url, folder, application=GUNICORN[-1], **more):
        collect_if_changed()
        with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:  # a port that no other test can take
            self.port, self.log, fd = listener.getsockname()[1], folder / "log", listener.fileno()
            variables = {"BLOGGY_ENV": "development", "SECRET_KEY": "x" * 50, "PORT": str(self.port)}
            variables |= {"ALLOWED_HOSTS": "127.0.0.1", "DB_POOL_SIZE": "8", "WEB_CONCURRENCY": "2"}
            # A killed pytest takes it along.
            command = ["setpriv", "--pdeathsig", "SIGTERM"] if shutil.which("setpriv") else []
            command += [*GUNICORN[:-1], "--bind", f"fd://{fd}", application]
            variables = environment(url, **variables | more)
            with open(self.log, "w") as output:
                self.process = subprocess.Popen(
                    command, cwd=ROOT, env=variables, pass_fds=[fd], stdout=output, stderr=output
                )

    def ask(self, path, method="GET", body=None, **headers):
        """Return the Answer to a request that came by https, its status None where there is none."""
        begun = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, {"X-Forwarded-Proto": "https"} | headers)
            response = connection.getresponse()
            text, status, headers = response.read().decode(), response.status, response.headers
        except (OSError, http.client.HTTPException):
            text, status, headers = "", None, {}
        finally:
            connection.close()
        return Answer(path, status, time.monotonic() - begun, begun, headers, text)

    @contextmanager
    def asking(self, paths, pause=0.05, **headers):
        """Ask for the paths, each over and over by a thread of its own; yield the list that the Answers go to."""
        answers, over = [], threading.Event()

        def ask(path):
            while not over.wait(pause):
                answers.append(self.ask(path, **headers))

        threads = [threading.Thread(target=ask, args=[path]) for path in paths]
        for thread in threads:
            thread.start()
        try:
            yield answers
        finally:
            over.set()
            for thread in threads:
                thread.join(60)


@contextmanager
def serving(url, folder, **options):
    """Yield a Site, which must then end well."""
    site = Site(url, folder, **options)
    try:
        wait_until(lambda: site.ask("/readyz").status == 200)
        yield site
    finally:
        site.process.send_signal(signal.SIGTERM)
        code = site.process.wait(40)
    assert code == 0, site.log.read_text()


def static_file():
    """Return the path of the stylesheet."""
    page = (ROOT / "var" / "static" / "staticfiles.json").read_text()
    return "/static/" + re.search(r'"css/bloggy.css": "([^"]+)"', page)[1]
