import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.urls import reverse

from accounts.hashers import EmmettPBKDF2WrappedHasher
from accounts.tests.factories import UserFactory
from accounts.tests.old_hashes import imported, old_hash
from bloggy.tests.tokens import token_of

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def log_in(client, email="ada@example.com", password=PASSWORD, **data):
    return client.post(reverse("login"), {"username": email, "password": password, **data})


@pytest.fixture
def ada():
    return UserFactory(email="ada@example.com")


@pytest.mark.parametrize("email", ["ada@example.com", "ADA@Example.COM", " ada@example.com "])
def test_the_address_is_matched_without_regard_to_case(client, ada, email):
    response = log_in(client, email)

    assert response.url == reverse("blog:post_list")
    assert client.session["_auth_user_id"] == str(ada.pk)


def test_somebody_logged_in_sees_the_name_and_a_way_out(client, ada):
    log_in(client)

    page = client.get("/").content.decode()

    assert ada.public_name in page
    assert ada.email not in page
    assert f'action="{reverse("logout")}"' in page


@pytest.mark.parametrize(
    ("remember", "age"),
    [({}, ""), ({"remember": "on"}, 30 * 24 * 3600)],
    ids=["until the browser closes", "a month"],
)
def test_the_session_lasts_as_long_as_asked_for(client, ada, remember, age):
    log_in(client, **remember)

    assert client.cookies["sessionid"]["max-age"] == age


@pytest.mark.parametrize("door", ["/admin/login/", "/accounts/signup/"])
def test_no_other_door_remembers_either(client, door):
    UserFactory(email="ada@example.com", superuser=True)
    new = {"email": "new@example.com", "password1": "a good long one", "password2": "a good long one"}

    client.post(door, {"username": "ada@example.com", "password": PASSWORD, "next": "/"} | new)

    assert client.cookies["sessionid"]["max-age"] == ""


@pytest.mark.parametrize("target", ["/post/a/#comment-new", "/accounts/profile/", "/tag/b%C3%A4r/?before=1-1"])
def test_it_leads_back_to_the_page_that_one_came_from(client, ada, target):
    assert log_in(client, next=target).url == target


@pytest.mark.parametrize(
    "target",
    [
        *("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "\x01//evil.example"),
        *("http:///evil.example", "https://testserver@evil.example/", "/accounts/login/", "/accounts/logout/"),
        *("/" + "x" * 3000, "NaN", "\0", "post_list", "?a", "."),
    ],
)
def test_it_leads_nowhere_else(client, ada, target):
    assert log_in(client, next=target).url == "/"


@pytest.mark.parametrize("next_page", ["/accounts/login/", "/accounts/signup/", "NaN", "\0"])
def test_who_is_logged_in_is_led_on_and_never_in_a_circle(client, ada, next_page):
    client.force_login(ada)

    response = client.get(reverse("login"), {"next": next_page})

    assert (response.status_code, response.url) == (302, "/")


def answers(client, email, password="wrong"):
    response = log_in(client, email, password)
    page = response.content.decode().replace(email, "")
    return response.status_code, page.replace(token_of(response), "")


def test_a_wrong_password_and_an_unknown_address_get_the_same_words(client, ada):
    UserFactory(email="gone@example.com", is_active=False)

    wrong = answers(client, "ada@example.com")

    assert "belong together" in wrong[1]
    assert answers(client, "nobody@example.com") == wrong
    assert answers(client, "gone@example.com") == wrong
    assert answers(client, "gone@example.com", PASSWORD) == wrong


WRAPPED = EmmettPBKDF2WrappedHasher().wrap(old_hash(PASSWORD))


@pytest.mark.parametrize(
    "account",
    [
        None,
        {"password": "pbkdf2_sha256$1000000$salt$aaaa"},
        {"password": old_hash(PASSWORD)},
        {"password": WRAPPED},
        {"password": "!unusable"},
        {"password": ""},
        {"password": "of an unknown kind"},
        {"password": "pbkdf2_sha256$1000000$salt$aaaa", "is_active": False},
    ],
)
def test_every_failure_costs_one_hash_of_full_strength(client, settings, monkeypatch, account):
    settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[1:]  # production's
    if account:
        user = UserFactory(email="ada@example.com")
        type(user).objects.filter(pk=user.pk).update(**account)
    rounds = []
    encode = PBKDF2PasswordHasher.encode

    def counted(self, password, salt, iterations=None):
        rounds.append(iterations or self.iterations)
        return encode(self, password, salt, 1)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counted)

    response = log_in(client, password="wrong")

    assert response.status_code == 200
    assert rounds == [PBKDF2PasswordHasher.iterations]


@pytest.mark.parametrize("stored", [old_hash(PASSWORD), WRAPPED], ids=["bare", "wrapped"])
def test_an_old_password_works_and_is_renewed(client, settings, stored):
    settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[1:]
    user = imported(stored, email="doc@example.com")

    first = log_in(client, "doc@example.com", PASSWORD)
    user.refresh_from_db()
    client.logout()
    second = log_in(client, "doc@example.com", PASSWORD)

    assert (first.status_code, second.status_code) == (302, 302)
    assert user.password.startswith("pbkdf2_sha256$")


@pytest.mark.parametrize("password", ["x" * 1025, "x" * 1_000_000, "nul\0"])
def test_a_password_that_nobody_can_have_is_a_form_error(client, ada, password):
    response = log_in(client, password=password)

    assert response.status_code == 200
    assert response.context["form"].errors


def test_the_page_bears_the_blogs_name_not_the_host(client):
    page = client.get(reverse("login")).content.decode()

    assert "<title>Log in – Bloggy</title>" in page
    assert "testserver" not in page
