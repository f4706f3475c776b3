import re
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.hashers import EmmettPBKDF2WrappedHasher
from accounts.models import User
from accounts.tests.factories import UserFactory
from accounts.tests.old_hashes import imported, old_hash

pytestmark = pytest.mark.django_db
NEW = {"new_password1": "a good long one", "new_password2": "a good long one"}


def ask(client, email):
    return client.post(reverse("password_reset"), {"email": email}, follow=True)


def link():
    return re.search(r"https?://\S+", mail.outbox[-1].body)[0]


def test_the_mail_leads_to_a_new_password_once(client, settings):
    user = UserFactory(email="Ada@example.com")

    ask(client, "ada@EXAMPLE.com")
    form = client.get(link().removeprefix(settings.SITE_URL), follow=True)
    done = client.post(form.request["PATH_INFO"], NEW, follow=True)
    again = Client().get(link().removeprefix(settings.SITE_URL), follow=True)

    user.refresh_from_db()
    assert mail.outbox[0].to == ["Ada@example.com"]
    assert mail.outbox[0].subject == "A new password at Bloggy"
    assert b"Your new password is saved" in done.content
    assert user.check_password("a good long one")
    assert b"This link no longer works" in again.content


def test_the_link_begins_with_the_sites_address_whatever_the_host(client, settings):
    UserFactory(email="ada@example.com")
    settings.ALLOWED_HOSTS = ["*"]

    client.post(reverse("password_reset"), {"email": "ada@example.com"}, headers={"host": "evil.example"})

    assert link().startswith(settings.SITE_URL + "/accounts/reset/")
    assert "evil" not in mail.outbox[0].body + mail.outbox[0].subject


@pytest.mark.parametrize(("hours", "works"), [(23, True), (25, False)])
def test_the_link_works_for_the_day_that_the_mail_promises(client, settings, monkeypatch, hours, works):
    UserFactory(email="ada@example.com")
    ask(client, "ada@example.com")
    later = datetime.now() + timedelta(hours=hours)
    monkeypatch.setattr(default_token_generator, "_now", lambda: later)

    page = client.get(link().removeprefix(settings.SITE_URL), follow=True).content

    assert "within a day" in mail.outbox[0].body
    assert (b"This link no longer works" not in page) == works


@pytest.mark.parametrize("password", ["", "!", "plain text of old", "emmett_pbkdf2$2000,20,sha512$salt$00"])
def test_an_account_without_a_usable_password_gets_in_too(client, password):
    user = UserFactory(email="ada@example.com")
    User.objects.filter(pk=user.pk).update(password=password)

    ask(client, "ada@example.com")

    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    "stored",
    ["!0d4f8d3e6b", make_password(None), "", old_hash(), EmmettPBKDF2WrappedHasher().wrap(old_hash())],
    ids=["imported", "django's", "empty", "old", "wrapped"],
)
def test_an_account_as_it_was_imported_gets_a_password_by_mail_and_logs_in_with_it(client, settings, stored):
    user = imported(stored, email="ada@example.com")

    ask(client, "ada@example.com")
    form = client.get(link().removeprefix(settings.SITE_URL), follow=True)
    client.post(form.request["PATH_INFO"], NEW)
    client.logout()
    client.post(reverse("login"), {"username": "ada@example.com", "password": "a good long one"})

    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize("stored", ["!0d4f8d3e6b", old_hash()], ids=["imported", "old"])
def test_a_closed_account_gets_no_mail(client, stored):
    imported(stored, email="ada@example.com", is_active=False)

    ask(client, "ada@example.com")

    assert mail.outbox == []


def test_with_and_without_an_account_the_answer_and_the_work_are_the_same(client, django_assert_num_queries):
    UserFactory(email="ada@example.com")
    UserFactory(email="gone@example.com", is_active=False)
    answers = set()

    for email in ("ada@example.com", "nobody@example.com", "gone@example.com"):
        with django_assert_num_queries(1):  # the account
            response = client.post(reverse("password_reset"), {"email": email})
        answers.add((response.status_code, response.url))

    assert len(answers) == 1
    assert [message.to for message in mail.outbox] == [["ada@example.com"]]


def test_the_same_mail_is_written_for_nobody(client, monkeypatch):
    written = []
    write = "django.contrib.auth.forms.loader.render_to_string"
    monkeypatch.setattr(write, lambda name, context: written.append(name) or "text")
    UserFactory(email="ada@example.com")

    for email in ("ada@example.com", "nobody@example.com"):
        ask(client, email)

    assert written[:2] == written[2:] != []


@pytest.mark.parametrize("email", ["", "no address", "x" * 300 + "@example.com", "nul\0@example.com"])
def test_what_is_no_address_is_a_form_error(client, email):
    assert ask(client, email).context["form"].errors


@pytest.mark.parametrize("path", ["MQ/abc-def", "%00/x", "a" * 4000 + "/b", "MQ/set-password", "👀/👀"])
def test_a_made_up_link_is_answered_plainly(client, path):
    UserFactory()

    response = client.get(f"/accounts/reset/{path}/")

    assert b"This link no longer works" in response.content


def test_a_blog_without_mail_says_so(client, settings):
    settings.SENDS_MAIL = False

    page = client.get(reverse("password_reset")).content

    assert b"This blog sends no mail" in page
    assert b'name="email"' not in page


def test_a_link_sent_before_the_account_was_closed_is_worth_nothing(client, settings):
    user = UserFactory(email="ada@example.com")
    ask(client, "ada@example.com")
    User.objects.filter(pk=user.pk).update(is_active=False)

    page = client.get(link().removeprefix(settings.SITE_URL), follow=True).content

    assert b"This link no longer works" in page
