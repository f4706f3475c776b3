import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    user = UserFactory()
    client.force_login(user)
    return user


def test_a_post_logs_out(client, reader):
    response = client.post(reverse("logout"))

    assert b"You are logged out" in response.content
    assert "_auth_user_id" not in client.session
    assert b"testserver" not in response.content


def test_a_link_asks_first(client, reader):
    response = client.get(reverse("logout"))

    assert b"Log out?" in response.content
    assert "_auth_user_id" in client.session


def test_who_is_not_logged_in_is_told(client):
    assert b"You are not logged in" in client.get(reverse("logout")).content


def test_pages_for_one_person_stay_out_of_shared_caches(client, reader):
    assert client.get("/").headers["Cache-Control"] == "private, no-cache"
    client.logout()
    assert client.get("/").headers["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_the_admins_own_log_out_names_the_blog_too(client):
    client.force_login(UserFactory(superuser=True))

    response = client.post(reverse("admin:logout"))

    assert b"Bloggy</bdi></a>" in response.content
    assert b"testserver" not in response.content
