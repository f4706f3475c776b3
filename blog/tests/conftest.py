import pytest
from django.test import Client

from blog.tests.factories import CommentFactory, PostFactory, UserFactory
from blog.tests.kept import forget


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Run in a folder of the test's own: reports go to the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def client_of_a_reader():
    """A browser of its own, logged in as nobody in particular."""
    client = Client()
    client.force_login(UserFactory())
    return client


@pytest.fixture
def admin(client):
    """A browser that is logged in as a superuser."""
    client.force_login(UserFactory(superuser=True))
    return client


@pytest.fixture
def room(settings):
    """Give the tests an empty memory."""
    settings.KEPT_PAGES_SIZE = 1_000_000
    forget()
    yield settings
    forget()


@pytest.fixture
def post():
    """The post at /post/first/, with a tag and a comment."""
    post = PostFactory(tags=1, slug="first")
    CommentFactory(post=post)
    return post
