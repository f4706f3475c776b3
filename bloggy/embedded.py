"""The PostgreSQL that pip installed, for bin/run and for tests: its data is in var/, and the last one out stops it.

Two locks decide, both of them dropped by the kernel however a process ends: the gate (an exclusive lock on var/) lets
one process at a time start or stop a server; the hold (a shared lock on the data folder) says "in use".
"""

import atexit
import fcntl
import hashlib
import os
import shlex
import shutil
import signal
import stat
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from bloggy.database import url_of_socket
from bloggy.embedded_programs import AS_NOBODY, NOBODY, EmbeddedError, prefix_for, run

VAR = Path(__file__).resolve().parent.parent / "var"
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
PATIENCE = 60  # seconds for a server to start or to stop; recovery after a crash takes its time
PROC = Path("/proc/self")

_holds = {}  # (process id, data folder) -> the descriptor of its hold


def start(name="postgres", settings=(), var=VAR):
    """Start the server whose data is in var/name, or join it; return the URL of its database "bloggy".

    When this process ends it leaves, and the last one out stops the server. settings ("name=value") count for a server
    that has to be started. libpq's PG* variables are taken out of the environment: they speak of another server.
    Raises EmbeddedError, whose text says in one line what to do; the end of PostgreSQL's log may follow.
    """
    for variable in [variable for variable in os.environ if variable.startswith("PG")]:
        del os.environ[variable]
    data = Path(var).absolute() / name
    try:
        data.parent.mkdir(exist_ok=True)
        with _gate(data.parent) as gate:
            if not data.exists():
                _make(data, settings, gate)
            _hold(data)
            host = _running(data) or _launch(data, settings)
            _create_database(host)
    except (OSError, psycopg.OperationalError) as error:
        raise EmbeddedError(f"PostgreSQL can't run in {data} ({error}): mend that, or set DATABASE_URL.") from error
    return url_of_socket(host, "bloggy", "postgres")


def socket_dir(data):
    """Return the folder of the socket of the server in data: data itself where that can be.

    A socket's path has at most 107 bytes, and PostgreSQL and libpq split lists of folders at commas.
    """
    data = Path(data)
    if len(os.fsencode(data / ".s.PGSQL.5432")) <= 107 and "," not in str(data):
        return data
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()
    return Path("/tmp", f"bloggy-{os.geteuid()}-{digest[:12]}")  # not $TMPDIR: every process must agree


@contextmanager
def _gate(var):
    gate = os.open(var, os.O_RDONLY)
    try:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield gate
    finally:
        os.close(gate)


def _make(data, settings, gate):
    """Make the data folder aside, then rename it: a killed initdb leaves nothing that looks finished."""
    new = data.with_name(data.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    # "trust" asks for no password; who may connect is decided by the socket's folder, which its owner alone may enter.
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
    if "fsync=off" in settings:
        options.append("--no-sync")
    # An initdb that outlives us keeps the gate, and nobody clears its folder away under it.
    run(new, "initdb", *options, keep=[gate])
    new.rename(data)


def _hold(data):
    """Say that this process uses the server, until it ends."""
    owner = data.stat().st_uid
    if owner not in ({0, NOBODY} if os.geteuid() == 0 else {os.geteuid()}):
        raise EmbeddedError(f"{data} belongs to another user (id {owner}): remove it, or set DATABASE_URL.")
    key = os.getpid(), data
    if key in _holds and os.path.samestat(os.fstat(_holds[key]), data.stat()):
        return
    _holds[key] = os.open(data, os.O_RDONLY)
    fcntl.flock(_holds[key], fcntl.LOCK_SH)
    atexit.register(_leave, data, _holds[key], os.getpid())


def _leave(data, hold, pid):
    """Stop the server unless somebody else still uses it."""
    if os.getpid() != pid:  # a fork shares its parent's lock
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # we are going; an impatient second Ctrl-C mustn't keep the server
    try:
        with _gate(data.parent):
            fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Not if the folder was deleted meanwhile, nor by a dead master's number, which may be a stranger's now.
            if os.path.samestat(os.fstat(hold), data.stat()) and (_master_lives(data) or not PROC.exists()):
                run(data, "pg_ctl", "-w", "-t", str(PATIENCE), "-m", "fast", "stop")
                if socket_dir(data) != data:
                    socket_dir(data).rmdir()
    except (OSError, EmbeddedError):
        pass  # somebody else is in; or the server is gone already


def _running(data):
    """Return the socket folder of the server in data, having waited for it to come up or to end; None if none runs."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            host = _pid_file(data)[4]
            _connect(host).close()
            return host
        except (OSError, IndexError, psycopg.OperationalError) as error:
            if not _master_lives(data):
                return None
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"PostgreSQL in {data} doesn't answer ({error}): end it, then try again."
                ) from error
        time.sleep(0.1)


def _pid_file(data):
    """Return the lines of the server's pid file: process id, data folder, time of start, port, socket folder …"""
    return os.fsdecode((data / "postmaster.pid").read_bytes()).split("\n")


def _master_lives(data):
    try:
        return int(_pid_file(data)[0]) in _processes(data)
    except (OSError, ValueError):
        return False


def _processes(data):
    """Return the ids of the PostgreSQL processes that work in data."""
    found = set()
    for process in PROC.parent.glob("[0-9]*"):
        try:
            if (process / "cwd").samefile(data) and (process / "exe").readlink().name.startswith("postgres"):
                found.add(int(process.name))
        except OSError:
            continue  # ended, or another user's
    return found


def _launch(data, settings):
    """Start the server in data and return its socket folder."""
    _clear_after_crash(data)
    folder = _socket_folder(data)
    options = (
        "listen_addresses=",
        "port=5432",
        "unix_socket_permissions=0700",
        f"unix_socket_directories={folder}",
        *settings,
    )
    log = data / "log"
    if log.exists():
        log.replace(data / "log.old")  # a log speaks of one run, and they don't pile up
    options = " ".join("-c " + shlex.quote(option) for option in options)
    try:
        run(data, "pg_ctl", "-w", "-t", str(PATIENCE), "-l", "log", "-o", options, "start")
    except EmbeddedError:
        host = _running(data)  # somebody's orphaned pg_ctl may have been faster
        if host is None:
            raise
        return host
    return str(folder)


def _clear_after_crash(data):
    """Clear away what a killed server left: processes that no longer have a master, and its lock files.

    Without this PostgreSQL refuses to start while one of them lives, or while a stranger has the dead one's number.
    """
    deadline = time.monotonic() + PATIENCE
    while (processes := _processes(data)) and time.monotonic() < deadline:
        for pid in processes:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    if PROC.exists():  # elsewhere we could not see them, and PostgreSQL's own checks decide
        for lock in (data / "postmaster.pid", socket_dir(data) / ".s.PGSQL.5432.lock"):
            lock.unlink(missing_ok=True)


def _socket_folder(data):
    """Make the folder of the server's socket, which only its owner may enter, and return it."""
    folder = socket_dir(data)
    if folder == data:
        return folder
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if prefix_for(data) == AS_NOBODY:
        os.chown(folder, NOBODY, NOBODY, follow_symlinks=False)
    info = folder.lstat()  # anybody may make such a folder in /tmp before us
    if not stat.S_ISDIR(info.st_mode) or info.st_mode & 0o077 or info.st_uid not in (os.geteuid(), NOBODY):
        raise EmbeddedError(f"{folder} is another user's, and PostgreSQL needs it: remove it, or set DATABASE_URL.")
    return folder


def _connect(host):
    return psycopg.connect(
        host=host, port=5432, dbname="postgres", user="postgres", autocommit=True, connect_timeout=10
    )


def _create_database(host):
    with _connect(host) as db:
        if not db.execute("SELECT 1 FROM pg_database WHERE datname = 'bloggy'").fetchone():
            db.execute("CREATE DATABASE bloggy")
