"""Collect static files for whitenoise, but only when one changed: a second start is quick."""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COLLECTED = ROOT / "var" / "static"


def collect_if_changed():
    """Run collectstatic if a file in static/ or a pinned version differs from the last time."""
    COLLECTED.parent.mkdir(exist_ok=True)
    stamp = COLLECTED.with_name("static.stamp")
    with open(COLLECTED.with_name("static.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fingerprint = _fingerprint()
        if COLLECTED.is_dir() and stamp.exists() and stamp.read_text() == fingerprint:
            return
        command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "bloggy.settings"}  # in tests it names theirs
        done = subprocess.run(command, cwd=ROOT, env=environment, start_new_session=True)
        if done.returncode:
            sys.exit(1)
        stamp.write_text(fingerprint)


def _fingerprint():
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())  # Django's version decides the admin's files
    for path in sorted((ROOT / "static").rglob("*")):
        if path.is_file():
            digest.update(b"\0".join((bytes(path.relative_to(ROOT)), path.read_bytes(), b"")))
    return digest.hexdigest()
