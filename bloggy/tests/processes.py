"""Helpers for tests that start real programs: what runs, what is left, a copy of the project to run in."""

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from contextlib import suppress
from pathlib import Path

import pytest

from bloggy.embedded_programs import AS_NOBODY

ROOT = Path(__file__).resolve().parents[2]
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "node_modules", "var", "__pycache__", ".*_cache", ".hypothesis")


def wait_until(condition, seconds=20):
    """Return the condition's first true value; fail when there is none in so many seconds."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(0.05)
    return value


def processes_in(folder):
    """Return the ids of the processes whose current folder is the folder or below it, except this one."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            cwd = (process / "cwd").readlink()
            if cwd.is_relative_to(folder) and int(process.name) != os.getpid():
                found.add(int(process.name))
    return found


def kill_all_in(folder):
    """Kill the processes of a folder, those too that one of them was just starting, and wait until they are gone."""

    def none_is_left():
        processes = processes_in(folder)
        for pid in processes:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return not processes

    wait_until(none_is_left)


def copy_project(folder):
    """Copy the project to the folder, with this virtual environment in place of .venv; return the folder."""
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    venv = Path(sys.prefix)
    (folder / ".venv").symlink_to(venv.resolve(), target_is_directory=True)
    return folder


def copy_venv(folder):
    """Give a copy of the project a finished .venv of its own, which any user can run, without installing anything."""
    (folder / ".venv").unlink()
    python, version = "/usr/bin/python3", f"({sys.version_info.major}, {sys.version_info.minor})"
    answer = subprocess.run([python, "-c", "import sys; print(sys.version_info[:2])"], capture_output=True, text=True)
    if answer.stdout.strip() != version:
        pytest.skip(f"{python} is not the Python {version} that this environment is made of")
    subprocess.run([python, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    source, target = sysconfig.get_path("purelib"), sysconfig.get_path("purelib", vars={"base": folder / ".venv"})
    if subprocess.run([*AS_NOBODY, "test", "-x", source]).returncode == 0:
        Path(target, "shared.pth").write_text(f"{source}\n")
    else:  # below a folder that is closed to others
        shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("playwright*", "ruff*"))
    finish = "import setup; setup.STAMP.write_text(setup.place() + setup.requirements())"
    subprocess.run([python, "-c", finish], cwd=folder / "bin", check=True)
