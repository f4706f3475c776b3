"""Fill the blog with demo content: the same posts and comments in every run, as many as asked for."""

from argparse import ArgumentTypeError

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.urls import reverse
from tqdm import tqdm

from blog.demo import seeding
from bloggy.database import is_local

MOST = 5_000_000  # counted through: so far no two dates of the plan are the same


def amount(text):
    """Return a number of rows; raises ArgumentTypeError unless it is 0 to 5,000,000."""
    if text.isascii() and text.isdigit() and len(text) <= len(str(MOST)) and int(text) <= MOST:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is not a number from 0 to {MOST}")


class Command(BaseCommand):
    help = "Bring the number of demo posts and of demo comments up to the given ones; what is there stays."

    def add_arguments(self, parser):
        parser.add_argument("--posts", type=amount, default=seeding.FIRST_POSTS, metavar="N", help="30 by default")
        parser.add_argument("--comments", type=amount, metavar="N", help="by default two for each of --posts")
        parser.add_argument(
            "--first-run",
            action="store_true",
            help="30 posts and an admin, if the database is on this machine and holds neither accounts nor posts",
        )
        parser.add_argument(
            "--own-host",
            metavar="HOST",
            help="with --first-run: this host's database counts as one on this machine, but not in production",
        )

    def handle(self, posts, comments, first_run, own_host, verbosity, **options):
        if first_run:
            return self.tell_first_run(own_host)
        comments = 2 * posts if comments is None else comments
        before = seeding.counts()
        self.refuse(before, posts, comments)
        lacking = max(0, posts - before[0]) + max(0, comments - before[1])
        with tqdm(total=lacking, unit=" rows", disable=None if verbosity else True) as bar:
            seeding.seed(posts, comments, progress=bar.update)
        if verbosity:
            for name, then, now in zip(("posts", "comments"), before, seeding.counts(), strict=True):
                self.stdout.write(f"Demo {name}: {now}, of which new: {now - then}.")

    def refuse(self, before, posts, comments):
        if settings.PRODUCTION and seeding.others_posts().exists():
            raise CommandError("The database holds posts that are no demo posts: in production it is left as it is.")
        if comments and not posts and not before[0]:
            raise CommandError("Comments need a post to stand under: ask for one at least, with --posts.")

    def tell_first_run(self, own_host):
        """Print the password before the commit: if nobody can read it, there is no such admin."""
        with transaction.atomic():
            self.stdout.write(self.first_run(own_host))
            self.stdout.flush()

    def first_run(self, own_host):
        """Return what to tell whoever has just started the blog."""
        if not seeding.is_empty():
            return "The database holds accounts or posts: it is left as it is."
        config = connection.settings_dict
        if not is_local(config) and (settings.PRODUCTION or config["HOST"] != own_host):
            return "The database is on another machine: it is left as it is, without demo posts."
        password = seeding.seed_first()
        if password is None:  # another first run came before this one
            return "The database holds accounts or posts: it is left as it is."
        return (
            f"The blog has {seeding.FIRST_POSTS} demo posts. Write at {settings.SITE_URL}{reverse('admin:index')} "
            f"as {seeding.ADMIN} with the password {password} (shown only this once)."
        )
