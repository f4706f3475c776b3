import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
DATA = {"email": "new@example.com", "password1": "a good long one", "password2": "a good long one"}


def sign_up(client, **data):
    return client.post(reverse("signup"), DATA | data)


def test_an_account_is_made_and_logged_in(client):
    response = sign_up(client, first_name="Ada", last_name="Byron", next="/post/a/#comment-new")

    user = User.objects.get()
    assert response.url == "/post/a/#comment-new"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert (user.email, user.public_name) == ("new@example.com", "Ada Byron")
    assert user.check_password("a good long one")
    assert (user.is_staff, user.is_superuser, user.groups.count()) == (False, False, 0)


def test_a_name_is_not_needed(client):
    sign_up(client)

    user = User.objects.get()
    assert user.public_name == f"Author {user.pk}"


def test_nobody_signs_up_with_more_rights(client):
    sign_up(client, is_staff="on", is_superuser="on", is_active="", groups="1", id="1")

    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.is_active) == (False, False, True)


@pytest.mark.parametrize("email", ["new@example.com", "NEW@example.com"])
def test_an_address_that_has_an_account_is_refused_once_and_plainly(client, email):
    UserFactory(email="new@example.com")

    response = sign_up(client, email=email)

    (messages,) = response.context["form"].errors.values()
    assert messages == ["There is an account with this e-mail address."]
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("email", "a" * 250 + "@example.com"),
        ("email", "nul\0@example.com"),
        ("email", "\u0130x@example.com"),
        ("password1", "password"),
        ("password2", "another"),
        ("first_name", "x" * 129),
        ("first_name", "\u200b\u200b"),
        ("last_name", "\u2800"),
        ("last_name", "nul\0"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(client, field, value):
    response = sign_up(client, **{field: value})

    assert response.status_code == 200
    assert set(response.context["form"].errors) <= {field, "password2", "password1"}
    assert not User.objects.exists()


def test_a_password_of_more_than_1024_characters_is_refused(client):
    response = sign_up(client, password1="long one " * 200, password2="long one " * 200)

    assert "at most 1024 characters" in str(response.context["form"].errors)


@pytest.mark.django_db(transaction=True)
def test_a_double_click_makes_one_account_and_no_error_page():
    answers, barrier = [], threading.Barrier(4)

    def send(email):
        client = Client()
        barrier.wait(30)
        answers.append(sign_up(client, email=email).status_code)
        connection.close()

    spellings = ["stu@example.com", "stu@example.com", "STU@example.com", "\u017ftu@example.com"]
    threads = [threading.Thread(target=send, args=[email]) for email in spellings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(answers) == [200, 200, 200, 302]
    assert User.objects.count() == 1


def test_who_is_logged_in_is_led_on(client):
    client.force_login(UserFactory())

    assert client.get(reverse("signup"), {"next": "/post/a/"}).url == "/post/a/"
