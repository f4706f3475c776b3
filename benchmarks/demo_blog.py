"""A blog of demo posts to measure: its database, where it is served, and accounts that are logged in."""

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bloggy import embedded
from bloggy.tests.sites import manage, serving

SECRET_KEY = "benchmark" * 6
POSTS, CLIENTS = 1000, 32


class Blog:
    """The demo posts in a database of their own, and where gunicorn serves them or the bare application."""

    def __init__(self, folder, stack):
        self.folder, self.stack = folder, stack
        # With PostgreSQL's own settings: what is stored is on the disk.
        self.url = embedded.start("postgres", var=folder) + "&sslmode=disable"
        os.environ |= {"DATABASE_URL": self.url, "SECRET_KEY": SECRET_KEY, "DJANGO_SETTINGS_MODULE": "bloggy.settings"}
        manage(self.url, "migrate", "-v0")
        manage(self.url, "seed_demo", "--posts", str(POSTS))
        import django

        django.setup()
        from django.db import connection

        from blog.models import Post

        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        self.posts = list(Post.objects.published().order_by("pk"))
        self.post = sorted(self.posts, key=lambda post: len(post.body_html))[len(self.posts) // 2]
        self.path = self.post.get_absolute_url()
        self.main, self.hello = self.serve(), self.serve(application="benchmarks.bare")
        self.readers = log_in(self.main, self.path, CLIENTS)

    def options(self):
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        return {"url": self.url, "folder": folder, "BLOGGY_ENV": "production", "SECRET_KEY": SECRET_KEY}

    def serve(self, **more):
        """Return a Site that is up until the end."""
        return self.stack.enter_context(serving(**self.options(), **more))

    def change(self):
        """Change what readers see: no page that is kept is right any more."""
        with psycopg.connect(self.url) as connection:
            connection.execute("UPDATE blog_tag SET name = name WHERE id = (SELECT min(id) FROM blog_tag)")

    def file(self, name, lines):
        """Write lines where wrk.lua can read them; return the path."""
        path = self.folder / name
        path.write_text("".join(f"{line}\n" for line in lines))
        return str(path)


@dataclass(frozen=True)
class Reader:
    """Somebody who is logged in: the cookies that the browser sends, the token of the comment form."""

    cookies: str
    token: str


def log_in(site, path, number):
    """Make accounts, and return their Readers, who each had the post at the path before them.

    The sessions are made in the database: a log-in hardens a password for a third of a second. It needs
    the site's SECRET_KEY in the settings.
    """
    from django.test import Client

    from accounts.models import User

    users = [User(email=f"{n}@benchmark.example", first_name="Reader", last_name=str(n)) for n in range(number)]
    readers = []
    for user in User.objects.bulk_create(users):
        client = Client()
        client.force_login(user)
        session = f"__Host-sessionid={client.session.session_key}"
        page = site.ask(path, Cookie=session)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
        csrf = re.match(r"[^;]+", page.headers["Set-Cookie"])[0]
        readers.append(Reader(f"{session}; {csrf}", token))
    return readers
