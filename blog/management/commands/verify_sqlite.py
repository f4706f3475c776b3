"""Compare PostgreSQL with the old Bloggy's SQLite file that was moved to it."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from blog.legacy import commandline
from blog.legacy.expected import Expected
from blog.legacy.files import shown
from blog.legacy.reader import open_readonly
from blog.legacy.verifying import differences
from bloggy.health import not_ready

SHOWN = 20
LATER = "Whatever was written here since the import is a difference too: verify before the site opens."


class Command(BaseCommand):
    help = "Compares every row that an old Bloggy's SQLite file gives with the database; fails if anything differs."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("path", metavar="OLD.db", type=Path)

    def handle(self, path, verbosity, **options):
        connection.ensure_connection()
        if missing := not_ready():
            raise CommandError(f"The database cannot be compared: {missing}.")
        with commandline.told(path, cannot="PostgreSQL cannot be compared"), open_readonly(path) as old:
            expected = Expected(old.tables, commandline.progress_bars(verbosity))
            with transaction.atomic():
                count = self.show(differences(expected))
            rest = expected.rest()
        if verbosity:
            self.tell(expected, rest)
        if count:
            what = "1 difference" if count == 1 else f"{count:,} differences"
            raise CommandError(f"{what}{f', the first {SHOWN} above' if count > SHOWN else ''}. {LATER}")
        if verbosity:
            self.stdout.write("No difference: the database holds what the file gives, and nothing else.")

    def show(self, lines):
        """Print the first lines; return how many there are."""
        count = 0
        for count, line in enumerate(lines, 1):
            if count <= SHOWN:
                self.stdout.write(shown(line))
        return count

    def tell(self, expected, rest):
        for name, found in expected.found.items():
            moved = expected.moved.get(name)
            what = "compared as rights" if moved is None else f"{moved:,} compared, {found - moved:,} set aside"
            self.stdout.write(shown(f"{name}: {found:,} rows in the file, {what}"))
        for name, count in rest.items():
            self.stdout.write(shown(f"{name}: {count:,} rows in the file, no place here"))
