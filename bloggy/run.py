"""What bin/run does once .venv is there: PostgreSQL, migrations, demo posts, static files, gunicorn."""

import signal
import sys

if __name__ == "__main__":  # before the slower imports: a Ctrl-C is quiet from here on
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))

import errno
import os
import secrets
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from bloggy import embedded
from bloggy.env import Environment
from bloggy.static_files import collect_if_changed

ROOT = Path(__file__).resolve().parent.parent
BIND_PATIENCE = 3  # seconds: so long the workers of a killed gunicorn may hold the port


class Stop(Exception):
    """Bloggy can't run; the text is the line for the user."""


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "bloggy.settings"
    try:
        listener = listen(Environment().number("PORT", 8000, 1, 65535))
        Environment().number("WEB_CONCURRENCY", 2, 1, 64)  # gunicorn itself answers a bad one with a traceback
        if Environment().text("BLOGGY_ENV") != "production":  # there the settings stop a start without them
            provide_database()
            provide_secret_key()
        prepare_database()
        collect_if_changed()
    except (Stop, ImproperlyConfigured, embedded.EmbeddedError) as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"Bloggy can't start ({error}): mend that, then run this again.")
    port = listener.getsockname()[1]
    print(f"Bloggy is at http://127.0.0.1:{port}/ (Ctrl-C stops it).", flush=True)
    serve(listener.detach())


def listen(port):
    """Return a socket that listens on 127.0.0.1:port; taken first, so that nothing is prepared in vain."""
    deadline = time.monotonic() + BIND_PATIENCE
    while True:
        try:
            return socket.create_server(("127.0.0.1", port), backlog=2048)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Stop(f"Port {port} can't be used ({error.strerror}): set PORT to another one.") from error
            if time.monotonic() > deadline:
                raise Stop(f"Port {port} is taken by another program: stop that, or set PORT to a free one.") from error
        time.sleep(0.1)


def provide_database():
    """Start or join the server in var/postgres, unless the operator has a database."""
    if not Environment().text("DATABASE_URL"):
        os.environ["DATABASE_URL"] = embedded.start()


def provide_secret_key():
    """Keep a secret key in var/, so that log-ins outlive a restart; the operator's own comes first."""
    if os.environ.get("SECRET_KEY") or os.environ.get("SECRET_KEY_FILE"):
        return
    path = embedded.VAR / "secret_key"
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:  # mode 0600
            file.write(secrets.token_urlsafe(48))
            file.flush()
            with suppress(FileExistsError):
                os.link(file.name, path)  # whole or not at all, and the first one stays
    os.environ["SECRET_KEY_FILE"] = str(path)


def prepare_database():
    # A process of its own, for gunicorn must not inherit connections, and a session of its own, for a Ctrl-C at the
    # terminal is for us: then we end it. It has said why if it fails.
    done = subprocess.run([sys.executable, "-m", "bloggy.prepare"], cwd=ROOT, start_new_session=True)
    if done.returncode:
        sys.exit(1)


def serve(fd):
    """Become gunicorn's master: one process tree, and this process's exit stops PostgreSQL."""
    from gunicorn.app.wsgiapp import WSGIApplication

    config = ROOT / "bloggy" / "gunicorn.conf.py"
    sys.argv = ["gunicorn", "--config", str(config), "--bind", f"fd://{fd}", "bloggy.wsgi"]
    WSGIApplication().run()


if __name__ == "__main__":
    main()
