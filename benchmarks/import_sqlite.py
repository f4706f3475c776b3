"""How long moving an old Bloggy's file takes, beside the least that it can take.

Makes the files, runs the candidates in turn, each in a process and a database of its own, and prints
the ratios. The floor is COPY of the already mapped rows into the same tables, with the same generated
columns, constraints and indexes. A small run:

    .venv/bin/python benchmarks/import_sqlite.py --posts 1000 --comments 10000 --fixture-rows 2000
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import psycopg  # noqa: E402
from old_files import make  # noqa: E402

from bloggy import embedded  # noqa: E402
from bloggy.database import url_of_socket  # noqa: E402

TABLES = ("accounts_user", "blog_post", "blog_comment")
FLOOR, TENTH, PGLOADER = "floor: COPY of mapped rows", "import_sqlite, a tenth", "pgloader and the same indexes"
COLUMNS = """
SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) FROM information_schema.columns
WHERE table_name = %s AND is_generated = 'NEVER'
"""
# What gives the tables that pgloader makes the same generated columns, constraints and indexes, with as few rewrites as
# can be; no HTML, no excerpt, no number of words, no address made of the title.
AFTER_PGLOADER = """
CREATE TEXT SEARCH CONFIGURATION bloggy (COPY = pg_catalog.english);
ALTER TABLE posts
  ALTER date TYPE timestamptz USING date AT TIME ZONE 'UTC',
  ADD slug varchar(100) NOT NULL GENERATED ALWAYS AS ('post-' || id) STORED UNIQUE CHECK (slug ~ '[^0-9]'),
  ADD body_format varchar(10) NOT NULL DEFAULT 'plain' CHECK (body_format IN ('markdown', 'plain')),
  ADD CHECK (title <> ''),
  ADD search tsvector GENERATED ALWAYS AS (setweight(to_tsvector('bloggy', coalesce(title, '')), 'A') ||
    setweight(to_tsvector('bloggy', coalesce(left(text, 100000), '')), 'B')) STORED;
ALTER TABLE comments
  ALTER date TYPE timestamptz USING date AT TIME ZONE 'UTC',
  ADD parent bigint CHECK (parent <> id),
  ADD body_format varchar(10) NOT NULL DEFAULT 'plain' CHECK (body_format IN ('markdown', 'plain')),
  ADD state varchar(10) NOT NULL DEFAULT 'visible' CHECK (state IN ('visible', 'held', 'removed')),
  ADD search tsvector GENERATED ALWAYS AS (to_tsvector('bloggy', coalesce(left(text, 100000), ''))) STORED;
CREATE UNIQUE INDEX ON users (email);
CREATE UNIQUE INDEX ON users (lower(email));
CREATE INDEX ON users (email text_pattern_ops);
CREATE INDEX ON posts USING gin (search);
CREATE INDEX ON comments USING gin (search);
CREATE INDEX ON posts (slug varchar_pattern_ops);
CREATE INDEX ON posts (date DESC, id DESC);
CREATE INDEX ON posts ("user", date DESC, id DESC);
CREATE INDEX ON comments (post, date, id);
CREATE INDEX ON comments ("user");
CREATE INDEX ON comments (parent);
ALTER TABLE posts ADD FOREIGN KEY ("user") REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE comments ADD FOREIGN KEY ("user") REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE comments ADD FOREIGN KEY (post) REFERENCES posts (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE comments ADD FOREIGN KEY (parent) REFERENCES comments (id) DEFERRABLE INITIALLY DEFERRED;
"""


class Bench:
    """A folder with files and a server; runs commands and notes seconds and peak memory."""

    def __init__(self, folder, options):
        self.folder, self.options = folder, options
        self.host = embedded.socket_dir(folder / "postgres")
        embedded.start("postgres", (), var=folder)
        self.rows = options.users + options.posts + options.comments
        names = ("old", "tenth", "small", "smaller")
        self.file, self.tenth, self.small, self.smaller = (folder / f"{name}.db" for name in names)
        self.results = defaultdict(list)

    def url(self, database):
        return url_of_socket(self.host, database, "postgres")

    def execute(self, database, statements):
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statements)

    def fresh(self, database, template="migrated"):
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {database} TEMPLATE {template}")

    def run(self, *command, database):
        """Run a command to its end; return seconds and MB."""
        environment = os.environ | {"DATABASE_URL": self.url(database)}
        start = time.monotonic()
        process = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=subprocess.DEVNULL)
        _pid, status, usage = os.wait4(process.pid, 0)
        if status:
            sys.exit(f"{' '.join(map(str, command))} failed.")
        return time.monotonic() - start, usage.ru_maxrss // 1024

    def manage(self, *arguments, database):
        return self.run(sys.executable, ROOT / "manage.py", *arguments, "-v", "0", database=database)

    def note(self, name, rows, measured):
        self.results[name].append((*measured, rows))
        print(f"{name}: {measured[0]:.1f} s, {measured[1]} MB", file=sys.stderr, flush=True)


def prepare(bench):
    """Make the files, the migrated database, and the rows of the floor: what PostgreSQL has after an import."""
    options = bench.options
    make(bench.file, options.users, options.posts, options.comments)
    make(bench.tenth, *(max(1, count // 10) for count in (options.users, options.posts, options.comments)))
    posts = options.fixture_rows // 11
    make(bench.small, 100, posts, options.fixture_rows - posts - 100)
    make(bench.smaller, 10, posts // 10, options.fixture_rows // 10 - posts // 10 - 10)
    bench.fresh("migrated", "template1")
    bench.manage("migrate", database="migrated")
    bench.fresh("imported")
    bench.manage("import_sqlite", bench.file, database="imported")
    with psycopg.connect(bench.url("imported")) as connection:
        for table in TABLES:
            (columns,) = connection.execute(COLUMNS, [table]).fetchone()
            with (bench.folder / table).open("wb") as file:
                file.write(f"COPY {table} ({columns}) FROM STDIN\n".encode())
                with connection.cursor().copy(f"COPY {table} ({columns}) TO STDOUT") as copy:
                    file.writelines(copy)
    for file in (bench.small, bench.smaller):
        bench.manage("dump_sqlite", file, "--output", f"{file.stem}.jsonl", database="migrated")


def floor(folder, url):
    """COPY the prepared rows: what runs in the process of the candidate `floor`."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for table in TABLES:
            with (folder / table).open("rb") as file, cursor.copy(file.readline()) as copy:
                while block := file.read(65536):
                    copy.write(block)


def turn(bench):
    """Run each candidate once."""
    bench.fresh("floor")
    bench.note(FLOOR, bench.rows, bench.run(sys.executable, __file__, "--floor", database="floor"))
    bench.fresh("imported")
    bench.note("import_sqlite", bench.rows, bench.manage("import_sqlite", bench.file, database="imported"))
    bench.note("verify_sqlite", bench.rows, bench.manage("verify_sqlite", bench.file, database="imported"))
    bench.fresh("tenth")
    bench.note(TENTH, bench.rows // 10, bench.manage("import_sqlite", bench.tenth, database="tenth"))
    for name, file, rows in (("loaddata", bench.small, 1), ("loaddata, a tenth", bench.smaller, 10)):
        bench.fresh("loaded")
        measured = bench.manage("loaddata", f"{file.stem}.jsonl", database="loaded")
        bench.note(name, bench.options.fixture_rows // rows, measured)
    if shutil.which("pgloader"):
        bench.fresh("pgloaded", "template1")
        seconds, memory = bench.run("pgloader", bench.file, pgloader_url(bench), database="pgloaded")
        start = time.monotonic()
        bench.execute("pgloaded", AFTER_PGLOADER)
        bench.note(PGLOADER, bench.rows, (seconds + time.monotonic() - start, memory))


def pgloader_url(bench):
    return f"postgresql://postgres@unix:{bench.host}:5432/pgloaded"


def show(bench):
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    print(f"{bench.options.users:,} users, {bench.options.posts:,} posts, {bench.options.comments:,} comments")
    print(
        f"{os.cpu_count()} cores, {memory} GB, Python {platform.python_version()}; medians of {bench.options.rounds}\n"
    )
    print(f"{'candidate':<32}{'seconds':>10}{'rows/s':>10}{'µs/row':>8}{'MB':>6}{'of the floor':>14}")
    least = median(bench, FLOOR)
    for name, runs in bench.results.items():
        seconds, rows = median(bench, name), runs[0][2]
        share = f"{seconds / least:.2f}" if rows == bench.rows else ""
        print(
            f"{name:<32}{seconds:>10.1f}{rows / seconds:>10,.0f}{1e6 * seconds / rows:>8.1f}"
            f"{peak(bench, name):>6}{share:>14}"
        )
    print()
    for what, ratio, most in ratios(bench):
        print(f"{what:<56}{ratio:>6.2f}  (at most {most})")


def ratios(bench):
    """Yield in words what is divided by what, the ratio, and the most that it should be."""
    seconds = {name: median(bench, name) for name in bench.results}
    moved = seconds["import_sqlite"]
    yield "import_sqlite / floor", moved / seconds[FLOOR], 1.5
    yield "verify_sqlite / import_sqlite", seconds["verify_sqlite"] / moved, 1
    yield "import_sqlite, time of a row / that of a tenth of them", moved / seconds[TENTH] / 10, 1.2
    if PGLOADER in seconds:
        yield "import_sqlite / pgloader", moved / seconds[PGLOADER], 1
        yield "memory of import_sqlite / of pgloader", peak(bench, "import_sqlite") / peak(bench, PGLOADER), 0.25


def median(bench, name):
    return statistics.median(run[0] for run in bench.results[name])


def peak(bench, name):
    return max(run[1] for run in bench.results[name])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=1000)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--comments", type=int, default=1_000_000)
    parser.add_argument("--fixture-rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--floor", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.floor:
        return floor(Path.cwd(), os.environ["DATABASE_URL"])
    with tempfile.TemporaryDirectory(prefix="bloggy-benchmark-") as folder:
        bench = Bench(Path(folder), options)
        prepare(bench)
        for _ in range(options.rounds):
            turn(bench)
        show(bench)


if __name__ == "__main__":
    main()
