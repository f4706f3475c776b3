"""Move an old Bloggy's SQLite file into PostgreSQL, all of it or nothing."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from blog.legacy import commandline, importing, summary
from blog.legacy.reader import open_readonly
from bloggy.health import not_ready


class Command(BaseCommand):
    help = "Moves an old Bloggy's SQLite file into an empty database. The old file is never written to."
    requires_system_checks = []

    def add_arguments(self, parser):
        commandline.add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="do all the work, write the report, keep nothing")

    def handle(self, path, dry_run, verbosity, **options):
        report_path = commandline.report_path(path, options)
        commandline.check_different(path, report_path=report_path)
        connection.ensure_connection()
        if missing := not_ready():
            raise CommandError(f"The database cannot take the rows: {missing}.")
        with commandline.told(report_path, " Nothing was written.", "PostgreSQL cannot take the rows"):
            result, written = self.move(path, report_path, dry_run, verbosity, options)
        if verbosity:
            self.stdout.write("\n".join(summary.lines(written, "PostgreSQL")))
            self.tell(result, dry_run)

    def move(self, path, report_path, dry_run, verbosity, options):
        """Return the result and the Report, which has its name once the rows are there."""
        chosen = {name: options[name] for name in commandline.CHOICES}
        progress = commandline.progress_bars(verbosity)
        with open_readonly(path) as old:
            report = commandline.report_of(old, report_path, "import_sqlite", dry_run=dry_run)
            with report:
                result = importing.import_file(
                    old, report, progress=progress, say=self.stderr.write, dry_run=dry_run, **chosen
                )
                self.publish(report)
        return result, report

    @staticmethod
    def publish(report):
        """Give the report its name; the rows are there by now, so a failure must not sound like another."""
        try:
            report.publish()
        except OSError as error:
            raise CommandError(
                f"Everything is imported, but the report could not get its name {report.path} ({error.strerror}). "
                "Run this again: it finds nothing to do, and writes the report."
            ) from error

    def tell(self, result, dry_run):
        if result == "unchanged":
            self.stdout.write("Nothing to do: every row that the file gives is in the database already, and equal.")
        elif dry_run:
            self.stdout.write("This was a dry run: the database is as it was.")
