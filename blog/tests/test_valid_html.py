"""The Nu HTML checker reads every kind of page and fifty demo posts."""

import json
import subprocess
from collections import defaultdict

import pytest
from django.test import Client

from blog.demo import seeding
from blog.models import Post
from blog.tests.shown_pages import Blog
from bloggy.tests.npm import package_file
from bloggy.tests.servers import installed

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def complaints(folder, answers):
    """Return all that the checker says of answers, information too, by their names."""
    java, jar = installed("java", "default-jre-headless"), package_file("vnu-jar/build/dist/vnu.jar")
    files = {folder / f"{number}.html": name for number, name in enumerate(answers)}
    for file, name in files.items():
        file.write_bytes(answers[name].content)
    command = [java, "-jar", jar, "--format", "json", *files]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300)
    found = defaultdict(list)
    for message in json.loads(run.stderr)["messages"]:
        name = next(name for file, name in files.items() if message["url"].endswith(str(file)))
        found[name].append(f"line {message.get('lastLine')}: {message['message']}")
    return found


@pytest.mark.faults  # takes long
def test_every_page_and_fifty_demo_posts_are_valid(tmp_path):
    visitor, answers = Client(), Blog().pages()
    others = set(Post.objects.values_list("pk", flat=True))
    seeding.seed(50, 100)
    demo = {post.slug: visitor.get(post.get_absolute_url()) for post in Post.objects.exclude(pk__in=others)}
    wrong = visitor.get("/nope/")
    wrong.content = wrong.content.replace(b"</h1>", b"<br /></h2>")

    found = complaints(tmp_path, answers | demo | {"wrong": wrong})

    assert len(demo) == 50
    said = "\n".join(found.pop("wrong"))
    assert "End tag “h2” seen" in said
    assert "Trailing slash on void elements" in said  # as little as that is found
    assert found == {}
