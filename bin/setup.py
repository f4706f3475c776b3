"""Make .venv and install the requirements in it unless that is done, then become its Python with the arguments given.

usage: python3 -I bin/setup.py PYTHON [ARGUMENT ...]; PYTHON makes the environment. Needs the standard library alone.
"""

import signal
import sys

for number in (signal.SIGINT, signal.SIGTERM):  # before the slower imports: a Ctrl-C is quiet from here on
    signal.signal(number, lambda number, _frame: sys.exit(128 + number))

# ruff: noqa: E402
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "bloggy-stamp"  # written last: an environment without it was interrupted
LOG = ROOT / "var" / "pip.log"
NO_NETWORK = re.compile(r"from versions: none|Connection|name resolution|timed out", re.IGNORECASE)


class Stop(Exception):
    """The set-up can't go on; the text is the line for the user."""


def main():
    try:
        if not is_ready():
            LOG.parent.mkdir(exist_ok=True)
            prepare(sys.argv[1])
    except Stop as stop:
        sys.exit(str(stop))
    except OSError as error:
        sys.exit(f"Bloggy can't be set up in {ROOT} ({error}): mend that, then run this again.")
    if arguments := sys.argv[2:]:
        os.execv(PYTHON, [PYTHON, *arguments])


def place():
    """Return what a venv is tied to, as lines: it breaks when its folder or its Python moves."""
    return f"{VENV.resolve()}\n{PYTHON.resolve()}\n"


def requirements():
    files = sorted(ROOT.glob("requirements*.txt"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def stamp():
    return STAMP.read_text() if STAMP.exists() and os.access(PYTHON, os.X_OK) else ""


def is_ready():
    return stamp() == place() + requirements()


def prepare(python):
    """Bring .venv up to date, one process at a time."""
    with open(LOG.with_name("setup.lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another bin/run or bin/test to finish its installation …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        if is_ready():
            return
        say("Installing what Bloggy needs in .venv, this once (pip writes to var/pip.log) …")
        LOG.unlink(missing_ok=True)
        if not stamp().startswith(place()):
            make_venv(python, lock)
        STAMP.unlink(missing_ok=True)
        install(lock)
        STAMP.write_text(place() + requirements())


def make_venv(python, lock):
    if VENV.is_symlink():
        VENV.unlink()
    elif VENV.exists():
        shutil.rmtree(VENV)
    if run([python, "-m", "venv", VENV], lock) != 0:
        raise Stop(
            f"{python} can't make a virtual environment (its words are in var/pip.log): install its venv module "
            "(Debian and Ubuntu: apt install python3-venv), then run this again."
        )


def install(lock):
    # A machine's own pip settings count (index, proxy, certificates), but not those that point away from .venv.
    options = ["--no-input", "--disable-pip-version-check", "--requirement", "requirements-dev.txt"]
    if run([PYTHON, "-m", "pip", "install", *options], lock) == 0:
        return
    text = LOG.read_text(errors="replace")
    if NO_NETWORK.search(text):
        reason = "pip can't reach the package index: check the network or pip's settings"
    else:
        errors = [line for line in text.splitlines() if line.startswith("ERROR: ")] or ["ERROR: see its log"]
        reason = f"pip failed ({errors[-1].removeprefix('ERROR: ')}): mend that"
    raise Stop(f"{reason}, then run this again. All that pip said is in var/pip.log.")


def run(command, lock):
    """Run a command with its output in the log and return its exit code; if we are stopped, stop it too.

    It keeps the lock: should we be killed, nobody works in the same folder until it has ended.
    """
    away = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")
    environment = {key: value for key, value in os.environ.items() if key not in away} | {"PIP_USER": "0"}
    with open(LOG, "ab") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            env=environment,
            pass_fds=[lock.fileno()],
            start_new_session=True,
        )
        try:
            return process.wait()
        except BaseException:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
            raise


def say(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
