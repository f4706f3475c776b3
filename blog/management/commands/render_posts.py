"""Render again what an older renderer made of the posts."""

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, OperationalError
from tqdm import tqdm

from blog.rerendering import render_again, to_render

AGAIN = "Readers see every post; run render_posts again for the rest."


class Command(BaseCommand):
    help = "Render again the posts that an older Bloggy rendered. Dates stay; it may be stopped and run at any time."

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="those of today's renderer too")
        parser.add_argument("--dry-run", action="store_true", help="only tell how many there are")

    def handle(self, all, dry_run, verbosity, **options):
        try:
            self.render(to_render(everything=all), dry_run, verbosity)
        except OperationalError:
            raise  # bloggy/commandline.py says what to do
        except DatabaseError as error:
            said = str(error).splitlines()[0]
            raise CommandError(f"PostgreSQL refused: {said}. Is the database migrated (manage.py migrate)?") from error

    def render(self, posts, dry_run, verbosity):
        count, stored, left = posts.count(), 0, 0
        if not dry_run:
            try:
                for is_stored in tqdm(
                    render_again(posts), total=count, unit=" posts", disable=None if verbosity else True
                ):
                    stored, left = stored + is_stored, left + (not is_stored)
            except KeyboardInterrupt:
                raise CommandError(f"Stopped after {stored}. {AGAIN}", returncode=130) from None
        if verbosity:
            self.stdout.write(f"To render: {count}." if dry_run else what_was_done(stored, left))


def what_was_done(stored, left):
    """Return the counts in one line."""
    if not stored and not left:
        return "Nothing to do: no post was rendered by an older Bloggy."
    return f"Rendered: {stored}." + (f" Changed meanwhile by others: {left}." if left else "")
