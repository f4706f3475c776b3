import pytest
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client):
    user = UserFactory(first_name="Ada", last_name="Byron")
    client.force_login(user)
    return user


def test_a_visitor_logs_in_first(client):
    assert client.get(reverse("profile")).url == f"{reverse('login')}?next={reverse('profile')}"


def test_one_changes_ones_own_name_and_nothing_else(client, ada):
    other = UserFactory()
    data = {"first_name": "Augusta", "last_name": "", "email": "x@example.com", "is_staff": "on", "id": other.pk}

    response = client.post(reverse("profile"), data, follow=True)

    ada.refresh_from_db()
    assert b"Your profile is saved." in response.content
    assert (ada.public_name, ada.is_staff) == ("Augusta", False)
    assert ada.email != "x@example.com"
    assert User.objects.get(pk=other.pk).first_name == other.first_name


def test_a_bio_is_text_of_at_most_a_thousand_characters_however_its_lines_end(client, ada):
    lines = "x" * 499

    client.post(reverse("profile"), {"first_name": "Ada", "bio": f"{lines}\r\n{lines}"})
    kept = User.objects.get(pk=ada.pk).bio
    refused = client.post(reverse("profile"), {"first_name": "Ada", "bio": f"{lines}\r\n{lines}xx"})

    assert kept == User.objects.get(pk=ada.pk).bio == f"{lines}\n{lines}"
    assert b"at most 1000 characters" in refused.content


def test_a_bio_that_nobody_would_see_is_an_empty_one(client, ada):
    client.post(reverse("profile"), {"first_name": "Ada", "bio": "\u200b"})

    assert User.objects.get(pk=ada.pk).bio == ""


def test_a_refused_name_changes_nothing_on_the_page_either(client, ada):
    response = client.post(reverse("profile"), {"first_name": "\u200b", "last_name": "Byron"})

    assert b"Nobody could see this name" in response.content
    assert b'dir="auto">Ada Byron</a>' in response.content


def test_what_changed_meanwhile_stays(client, ada, monkeypatch):
    def get_object(view):
        user = User.objects.get(pk=ada.pk)
        User.objects.filter(pk=ada.pk).update(is_active=False)  # between reading and saving
        return user

    monkeypatch.setattr("accounts.views.ProfileView.get_object", get_object)

    client.post(reverse("profile"), {"first_name": "Augusta"})

    ada.refresh_from_db()
    assert (ada.first_name, ada.is_active) == ("Augusta", False)
