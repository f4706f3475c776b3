"""render_posts as a real process: ended at any moment, twice at once, while an author writes."""

import random
import subprocess
import sys
import time

import pytest
from django.db import connection

from blog.markdown import RENDERER
from blog.models import Post
from blog.tests.factories import UserFactory
from bloggy.tests import databases
from bloggy.tests.processes import ROOT, wait_until
from bloggy.tests.sites import environment

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
BODY = "A *word* with ~~a~~ `few`.\n\n" * 40


@pytest.fixture
def posts():
    """Posts that an older renderer made."""
    author = UserFactory()
    rows = [Post(author=author, title=f"Post {n}", slug=f"post-{n}", body=BODY, renderer=0) for n in range(400)]
    return Post.objects.bulk_create(rows)


def start():
    return subprocess.Popen(
        [sys.executable, "manage.py", "render_posts"],
        cwd=ROOT,
        env=environment(databases.url_of(connection.settings_dict), BLOGGY_ENV="development"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said_by(process):
    """Return (exit code, stdout, stderr) of a process that ends within two minutes."""
    output, errors = process.communicate(timeout=120)
    return process.returncode, output, errors


def rendered():
    return Post.objects.filter(renderer=RENDERER).exclude(body_html="").count()


def test_killed_at_any_moment_it_goes_on_where_it_ended(posts):
    before = 0
    for _ in range(3):
        process = start()
        wait_until(lambda before=before: rendered() > before)
        time.sleep(random.random() / 20)
        process.kill()
        process.communicate()
        assert Post.objects.filter(renderer=RENDERER, body_html="").count() == 0
        assert rendered() > before
        before = rendered()

    code, output, errors = said_by(start())

    assert (code, errors) == (0, "")
    assert output in (f"Rendered: {400 - before}.\n", "Nothing to do: no post was rendered by an older Bloggy.\n")
    assert rendered() == 400


def test_twice_at_once_and_beside_an_author_every_post_is_right(posts):
    processes = [start(), start()]
    wait_until(lambda: rendered() > 0)
    for post in reversed(posts):  # those that are still to be rendered
        if post.pk % 3 == 0:
            saved = Post.objects.get(pk=post.pk)
            saved.body = "The author's *own*."
            saved.save()

    ended = [said_by(process) for process in processes]

    assert [(code, errors) for code, _output, errors in ended] == [(0, "")] * 2
    assert rendered() == 400
    for post in Post.objects.all():
        own = post.pk % 3 == 0
        assert ("author" in post.body_html) is own
        assert ("<code>few</code>" in post.body_html) is not own
        assert post.version == 1 + own
