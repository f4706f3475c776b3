"""What the commands that move a file have in common: options, progress, failures, the report's names."""

import signal
import sys
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import CommandError
from django.db import DatabaseError
from psycopg.errors import LockNotAvailable
from tqdm import tqdm

from blog.legacy import report
from blog.legacy.errors import LegacyError
from blog.legacy.files import shown
from blog.legacy.reader import BESIDE
from bloggy.database import is_outage

CHOICES = ("merge_duplicate_emails", "replace_invalid")


def add_arguments(parser):
    parser.add_argument("path", metavar="OLD.db", type=Path)
    parser.add_argument("--report", metavar="FILE.json", type=Path, help="<name of OLD.db>.report.json by default")
    parser.add_argument(
        "--merge-duplicate-emails",
        action="store_true",
        help="give what several accounts of one e-mail address wrote to the first of them",
    )
    parser.add_argument(
        "--replace-invalid",
        action="store_true",
        help="put U+FFFD for NUL characters and for bytes that are not UTF-8",
    )


def report_path(path, options):
    """Return the path of the report of a move of the file path; raises CommandError where it names no file."""
    chosen = options["report"] or Path(f"{path.name}.report.json")
    if not chosen.name:
        raise CommandError(f"--report {chosen}: name a file.")
    return chosen


def check_different(*names, report_path):
    """Raise CommandError where one of the files would replace another, or what SQLite keeps beside the first."""
    names = [*names, *report.paths(report_path)]
    beside = [names[0].with_name(names[0].name + suffix) for suffix in (*BESIDE, "-shm")]
    try:
        places = [name.resolve() for name in names]
        taken = {name.resolve() for name in beside}
    except (OSError, RuntimeError) as error:  # the current folder is gone; a symbolic link leads to itself
        raise CommandError(shown(f"{', '.join(map(str, names))}: {error}")) from error
    if len({*places}) < len(places) or taken & {*places}:
        count = {3: "three", 4: "four"}[len(names)]
        raise CommandError(shown(f"{', '.join(map(str, names))}: these must be {count} different files."))


def report_of(old, path, command, **options):
    """Return the Report of a move of an OldFile, which is to be written at path."""
    return report.Report(path, file=shown(old.path), sha256=old.sha256, command=command, **options)


@contextmanager
def told(path, kept="", cannot="PostgreSQL refused"):
    """Raise CommandError, in one line, for what stops a command.

    path is named where the system doesn't say which file failed; kept: what the line says of the database at its end;
    cannot: how it begins where PostgreSQL refuses. An outage is left to bloggy/commandline.py. SIGTERM
    ends it as Ctrl-C does, and not at once: a copy of the old file would be left behind.
    """
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except LegacyError as error:
        raise CommandError(shown(error)) from error
    except OSError as error:
        raise CommandError(shown(f"{error.filename or path}: {error.strerror or error}.{kept}")) from error
    except DatabaseError as error:
        if is_outage(error) and not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise CommandError(shown(f"{cannot}: {reason(error)}.{kept}")) from error
    finally:
        signal.signal(signal.SIGTERM, before)


def reason(error):
    """Return PostgreSQL's own words, or psycopg's, without the details, which may hold a row's values."""
    if isinstance(error.__cause__, LockNotAvailable):
        return "somebody else is using its tables; stop the site first"
    said = getattr(getattr(error.__cause__, "diag", None), "message_primary", None)
    return said or str(error).partition("\n")[0] or type(error).__name__


def progress_bars(verbosity):
    """Return the function that shows a bar for each table on a terminal, unless verbosity is 0."""

    def progress(rows, table, count, unit=" rows"):
        silent = None if verbosity else True  # None: silent unless stderr is a terminal
        return tqdm(rows, desc=table, total=count, unit=unit, disable=silent, file=sys.stderr)

    return progress
