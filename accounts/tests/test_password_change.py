import pytest
from django.test import Client
from django.urls import reverse

from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
OLD, NEW = "correct horse battery", "another good one"


def change(client, old=OLD, new=NEW, again=NEW):
    data = {"old_password": old, "new_password1": new, "new_password2": again}
    return client.post(reverse("password_change"), data, follow=True)


@pytest.fixture
def ada(client):
    user = UserFactory()
    client.force_login(user)
    return user


def test_it_is_changed_and_other_devices_are_logged_out(client, ada):
    elsewhere = Client()
    elsewhere.force_login(ada)

    response = change(client)

    ada.refresh_from_db()
    assert b"Your password is changed" in response.content
    assert ada.check_password(NEW)
    assert client.get(reverse("profile")).status_code == 200
    assert elsewhere.get(reverse("profile")).status_code == 302


@pytest.mark.parametrize(
    "wrong", [{"old": "wrong"}, {"again": "different"}, {"new": "short", "again": "short"}, {"old": "nul\0"}]
)
def test_a_refused_change_says_why_and_changes_nothing(client, ada, wrong):
    response = change(client, **wrong)

    ada.refresh_from_db()
    assert response.context["form"].errors
    assert ada.check_password(OLD)


def test_the_admin_leads_here(client, ada):
    assert client.get("/admin/password_change/").url == reverse("password_change")
