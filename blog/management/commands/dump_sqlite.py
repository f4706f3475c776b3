"""Write an old Bloggy's SQLite file as a fixture for `manage.py loaddata`."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from blog.legacy import commandline, summary
from blog.legacy.fixture import SUFFIXES, Fixture
from blog.legacy.moving import move
from blog.legacy.reader import open_readonly


class Command(BaseCommand):
    help = "Writes an old Bloggy's SQLite file as a fixture that loaddata reads. The old file is never written to."
    requires_system_checks = []

    def add_arguments(self, parser):
        commandline.add_arguments(parser)
        parser.add_argument("--output", metavar="FILE.jsonl[.gz]", type=Path, required=True)

    def handle(self, path, output, verbosity, **options):
        if not output.name.endswith(SUFFIXES):
            raise CommandError(
                f"--output {output}: the name must end in .jsonl or .jsonl.gz, or loaddata cannot read it."
            )
        report_path = commandline.report_path(path, options)
        commandline.check_different(path, output, report_path=report_path)
        with commandline.told(output):
            written = dump(path, output, report_path, verbosity, options)
        if verbosity:
            self.stdout.write("\n".join(summary.lines(written, output)))


def dump(path, output, report_path, verbosity, options):
    """Write the fixture and the report, all or nothing; returns the Report."""
    with open_readonly(path) as old:
        made = commandline.report_of(old, report_path, "dump_sqlite")
        with made, Fixture(output) as fixture:
            chosen = {name: options[name] for name in commandline.CHOICES}
            move(old.tables, fixture, made, progress=commandline.progress_bars(verbosity), **chosen)
            old.check_unchanged()
            fixture.finish()
            made.finish()
            made.publish()
            fixture.publish()
    return made
