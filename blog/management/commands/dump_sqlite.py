"""Write an old Bloggy's SQLite file as a fixture for `manage.py loaddata`."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from blog.legacy import report, summary
from blog.legacy.errors import LegacyError
from blog.legacy.fixture import SUFFIXES, Fixture
from blog.legacy.moving import move
from blog.legacy.reader import open_readonly


class Command(BaseCommand):
    help = "Writes an old Bloggy's SQLite file as a fixture that loaddata reads. The old file is never written to."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("path", metavar="OLD.db", type=Path)
        parser.add_argument("--output", metavar="FILE.jsonl[.gz]", type=Path, required=True)
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

    def handle(self, path, output, verbosity, **options):
        report_path = options["report"] or Path(f"{path.name}.report.json")
        check_names(path, output, report_path)
        try:
            written = dump(path, output, report_path, verbosity, options)
        except LegacyError as error:
            raise CommandError(error) from error
        except OSError as error:
            raise CommandError(f"{error.filename or output}: {error.strerror or error}.") from error
        if verbosity:
            self.stdout.write("\n".join(summary.lines(written, output)))


def check_names(path, output, report_path):
    """Raise CommandError where loaddata would not know the fixture's format, or a file would replace another."""
    if not output.name.endswith(SUFFIXES):
        raise CommandError(f"--output {output}: the name must end in .jsonl or .jsonl.gz, or loaddata cannot read it.")
    if not report_path.name:
        raise CommandError(f"--report {report_path}: name a file.")
    names = [path, output, *report.paths(report_path)]
    if len({name.resolve() for name in names}) < len(names):
        raise CommandError(f"{', '.join(map(str, names))}: these must be four different files.")


def dump(path, output, report_path, verbosity, options):
    """Write the fixture and the report, all or nothing; returns the Report."""

    def progress(rows, table, count):
        silent = None if verbosity else True  # None: silent unless stderr is a terminal
        return tqdm(rows, desc=table, total=count, unit=" rows", disable=silent, file=sys.stderr)

    with open_readonly(path) as old:
        file = str(path).encode(errors="replace").decode()  # a name need not be UTF-8
        made = report.Report(report_path, file=file, sha256=old.sha256, command="dump_sqlite")
        with made, Fixture(output) as fixture:
            chosen = {name: options[name] for name in ("merge_duplicate_emails", "replace_invalid")}
            move(old.tables, fixture, made, progress=progress, **chosen)
            fixture.finish()
            made.finish()
            made.publish()
            fixture.publish()
    return made
