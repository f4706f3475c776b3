"""`seed_demo --first-run`: what bin/run and a container do to a database that holds nothing yet."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import authenticate
from django.db import connection

from accounts.models import User
from blog.demo import seeding
from blog.models import Comment, Post
from blog.tests.factories import UserFactory
from blog.tests.test_seed_demo import seed_demo

pytestmark = pytest.mark.django_db


def test_a_first_run_fills_an_empty_blog_and_shows_the_admins_password():
    output = seed_demo("--first-run")

    password = output.partition("with the password ")[2].split()[0]
    admin = authenticate(username="admin@example.com", password=password)
    assert (Post.objects.count(), Comment.objects.count()) == (30, 60)
    assert admin.is_superuser
    assert admin.is_staff
    assert "/admin/ as admin@example.com" in output


def test_a_first_run_leaves_a_blog_with_an_account_as_it_is():
    UserFactory()

    output = seed_demo("--first-run")

    assert output == "The database holds accounts or posts: it is left as it is.\n"
    assert (Post.objects.count(), User.objects.count()) == (0, 1)


def test_a_first_run_leaves_a_database_on_another_machine_as_it_is(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "HOST", "db.example.org")

    output = seed_demo("--first-run")

    assert output == "The database is on another machine: it is left as it is, without demo posts.\n"
    assert not User.objects.exists()


def test_a_first_run_fills_the_database_of_the_host_that_is_named_as_its_own(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "HOST", "postgres")

    refused = seed_demo("--first-run", "--own-host", "db")
    output = seed_demo("--first-run", "--own-host", "postgres")

    assert "on another machine" in refused
    assert "with the password" in output


def test_a_first_run_in_production_leaves_every_other_machine_as_it_is(monkeypatch, settings):
    settings.PRODUCTION = True
    monkeypatch.setitem(connection.settings_dict, "HOST", "postgres")

    output = seed_demo("--first-run", "--own-host", "postgres")

    assert "on another machine" in output
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_first_runs_at_once_one_writes():
    def first_run(_number):
        try:
            return seeding.seed_first()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        passwords = list(threads.map(first_run, range(2)))

    assert sorted(password is None for password in passwords) == [False, True]
    assert (Post.objects.count(), User.objects.filter(is_superuser=True).count()) == (30, 1)
