"""bloggy.embedded on real servers, each in a var/ of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from bloggy import embedded, embedded_programs
from bloggy.tests.processes import ROOT, kill_all_in, processes_in, wait_until

USER = """
import sys
from bloggy import embedded
try:
    print(embedded.start("postgres", embedded.FAST, sys.argv[1]), flush=True)
except embedded.EmbeddedError as error:
    sys.exit(str(error))
sys.stdin.read()
"""


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """A data folder as initdb makes it; copying it is quicker than making another."""
    var = tmp_path_factory.mktemp("made-once")
    leave(enter(var))
    assert not processes_in(var)
    return var / "postgres"


@pytest.fixture
def var(tmp_path, made_once):
    folder = tmp_path / "it's a var"
    folder.mkdir()
    subprocess.run(["cp", "-a", made_once, folder / "postgres"], check=True)
    yield folder
    kill_all_in(tmp_path)


@pytest.fixture
def empty_var(tmp_path):
    yield tmp_path / "var"
    kill_all_in(tmp_path)


def enter(var):
    """Return a process that uses the server in var until its stdin ends, once it is in."""
    user = begin(var)
    user.url = user.stdout.readline().strip()
    assert user.url, user.stderr.read()
    return user


def begin(var):
    io = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", USER, var], cwd=ROOT, stdin=io, stdout=io, stderr=io, text=True)


def leave(user):
    user.stdin.close()
    assert user.wait(30) == 0


def refusal(var):
    """Return what a start says that must fail."""
    user = begin(var)
    assert user.wait(60) == 1
    return user.stderr.read()


def answers(url):
    with psycopg.connect(url) as db:
        return db.execute("SELECT current_database()").fetchone() == ("bloggy",)


def test_the_last_one_out_stops_the_server(var):
    first, second = enter(var), enter(var)
    assert first.url == second.url

    leave(first)
    assert answers(second.url)

    leave(second)
    assert not processes_in(var)


def test_text_sorts_and_compares_alike_on_every_machine(var):
    user = enter(var)

    with psycopg.connect(user.url) as db:
        lower, encoding, collation = db.execute(
            "SELECT lower('É'), current_setting('server_encoding'), datcollate"
            " FROM pg_database WHERE datname = current_database()"
        ).fetchone()

    assert (lower, encoding, collation) == ("é", "UTF8", "C.UTF-8")


def test_nobody_else_may_enter_the_sockets_folder(var):
    user = enter(var)

    with psycopg.connect(user.url) as db:
        folder = Path(db.info.host)
        tcp = db.execute("SHOW listen_addresses").fetchone()

    assert folder.stat().st_mode & 0o777 == 0o700
    assert tcp == ("",)


def test_the_shells_libpq_variables_do_not_mislead_it(var, monkeypatch):
    monkeypatch.setenv("PGPORT", "5999")
    monkeypatch.setenv("PGHOST", "db.example")
    monkeypatch.setenv("PGSERVICE", "elsewhere")

    user = enter(var)

    assert (var / "postgres" / ".s.PGSQL.5432").exists()
    leave(user)


@pytest.mark.faults
def test_a_killed_user_leaves_a_server_that_the_next_one_joins_and_stops(var):
    user = enter(var)
    user.kill()
    user.wait()
    assert processes_in(var)

    leave(enter(var))

    assert not processes_in(var)


@pytest.mark.faults
def test_a_killed_master_is_replaced_though_its_backends_still_work(var):
    user = enter(var)
    busy = psycopg.connect(user.url)
    busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1e10)")
    master = int((var / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(master, signal.SIGKILL)
    wait_until(lambda: master not in processes_in(var))
    assert busy.info.backend_pid in processes_in(var)

    second = enter(var)

    assert busy.info.backend_pid not in processes_in(var)
    busy.pgconn.finish()
    assert answers(second.url)
    leave(user)
    leave(second)
    assert not processes_in(var)


def test_a_stale_pid_file_with_a_strangers_number_does_not_bar_the_start(var):
    (var / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{var}\n1\n5432\n{var}\n\n  1 1\nready\n")

    leave(enter(var))

    assert not processes_in(var)


@pytest.mark.faults
def test_a_stranger_with_a_dead_masters_number_is_not_stopped(var):
    user = enter(var)
    master = int((var / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(master, signal.SIGKILL)
    wait_until(lambda: not processes_in(var))
    with subprocess.Popen(["sleep", "600"]) as stranger:
        pid_file = var / "postgres" / "postmaster.pid"
        pid_file.write_text(pid_file.read_text().replace(str(master), str(stranger.pid), 1))

        leave(user)

        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make another user's folder")
def test_another_users_data_is_refused_in_one_line(var):
    os.chown(var / "postgres", 4321, 4321)

    said = refusal(var)

    assert said.count("\n") == 1
    assert "belongs to another user (id 4321): remove it, or set DATABASE_URL" in said


def test_a_var_that_cannot_be_used_is_one_line(tmp_path):
    (tmp_path / "var").write_text("a file")

    said = refusal(tmp_path / "var")

    assert said.count("\n") == 1
    assert "mend that, or set DATABASE_URL" in said


def test_a_failed_start_names_the_log_and_shows_its_end(var):
    with (var / "postgres" / "postgresql.conf").open("a") as file:
        file.write("shared_buffers = none\n")

    said = refusal(var)

    assert said.startswith("pg_ctl failed in ")
    assert 'invalid value for parameter "shared_buffers"' in said
    assert "Traceback" not in said


def test_the_socket_moves_away_from_a_long_path_and_from_a_comma():
    assert embedded.socket_dir(Path("/srv/bloggy/var/postgres")) == Path("/srv/bloggy/var/postgres")
    for path in ("/srv/" + "x" * 110, "/srv/a,b"):
        assert embedded.socket_dir(Path(path)).parent == Path("/tmp")


@pytest.mark.faults
def test_six_starts_at_once_make_one_server(empty_var):
    users = [begin(empty_var) for _ in range(6)]

    urls = {user.stdout.readline().strip() for user in users}

    assert len(urls) == 1
    assert answers(urls.pop())
    for user in users:
        leave(user)
    assert not processes_in(empty_var)


@pytest.mark.faults
@pytest.mark.parametrize("name", ["x" * 110, "a,b 'c' \"d\" é $e"], ids=["long", "odd"])
def test_a_long_or_odd_path_works(empty_var, name):
    var = empty_var / name
    var.mkdir(parents=True)

    user = enter(var)

    assert answers(user.url)
    leave(user)
    assert not processes_in(var)
    assert not embedded.socket_dir(var / "postgres").exists()


@pytest.mark.faults
def test_a_killed_initdb_is_made_again(empty_var):
    user = begin(empty_var)
    wait_until(lambda: (empty_var / "postgres.new" / "PG_VERSION").exists())
    user.kill()
    user.wait()

    leave(enter(empty_var))

    assert not (empty_var / "postgres.new").exists()
    assert not processes_in(empty_var)


@pytest.mark.faults
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_user_stopped_while_the_server_starts_leaves_none(var, number):
    code = "import signal; signal.signal(signal.SIGTERM, signal.default_int_handler)\n" + USER
    user = subprocess.Popen([sys.executable, "-c", code, str(var)], cwd=ROOT, stderr=subprocess.DEVNULL)
    wait_until(lambda: processes_in(var))

    user.send_signal(number)

    user.wait(30)
    assert not processes_in(var)


@pytest.mark.faults
@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user's rights")
@pytest.mark.parametrize("mode", [0o755, 0o700], ids=["open", "closed"])
def test_root_without_namespaces_runs_it_as_nobody_with_no_more_rights_than_needed(tmp_path, monkeypatch, mode):
    (tmp_path / "unshare").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "unshare").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    with TemporaryDirectory() as folder:  # pytest's own is closed to everybody else
        os.chmod(folder, mode)
        user = enter(Path(folder))

        assert answers(user.url)
        assert Path(folder, "postgres").stat().st_uid == embedded_programs.NOBODY
        plain = mode == 0o755 and is_open(embedded_programs.program("postgres"))
        expected = embedded_programs.AS_NOBODY if plain else embedded_programs.PAST_FOLDERS
        assert embedded_programs.prefix_for(Path(folder, "postgres")) == expected
        leave(user)
        assert not processes_in(folder)


def is_open(program):
    return subprocess.run([*embedded_programs.AS_NOBODY, "test", "-x", program]).returncode == 0
