import pytest
from django.urls import reverse

from accounts.models import User
from blog.tests.factories import PostFactory, UserFactory

pytestmark = pytest.mark.django_db
PASSWORDS = {"usable_password": "true", "password1": "correct horse battery", "password2": "correct horse battery"}


def test_an_account_is_viewed_where_it_has_a_page(admin):
    author, reader = PostFactory().author, UserFactory()

    pages = [admin.get(reverse("admin:accounts_user_change", args=[user.pk])).content for user in (author, reader)]

    assert [f"/author/{author.pk}/".encode() in pages[0], b"viewsitelink" in pages[1]] == [True, False]


@pytest.mark.parametrize("name", ["first_name", "last_name"])
def test_a_name_that_nobody_sees_is_refused_with_the_reason(admin, name):
    new = {"email": "ada@example.com", name: "\u200b", **PASSWORDS}

    response = admin.post(reverse("admin:accounts_user_add"), new)

    assert "Nobody could see this name" in str(response.context["errors"])
    assert not User.objects.filter(email="ada@example.com").exists()


@pytest.mark.parametrize(("name", "kept"), [("", ""), ("  ", ""), ("\u200b", "Ada"), (" Bea ", "Bea")])
def test_a_name_may_be_empty_but_not_unseen(admin, name, kept):
    user = UserFactory(first_name="Ada")

    admin.post(reverse("admin:accounts_user_change", args=[user.pk]), {"email": user.email, "first_name": name})

    user.refresh_from_db()
    assert user.first_name == kept


def test_a_bio_is_changed_and_bounded(admin):
    user = UserFactory()
    url = reverse("admin:accounts_user_change", args=[user.pk])

    admin.post(url, {"email": user.email, "bio": "Writes.\r\nBakes."})
    refused = admin.post(url, {"email": user.email, "bio": "x" * 1001})

    user.refresh_from_db()
    assert user.bio == "Writes.\nBakes."
    assert "at most 1000 characters" in str(refused.context["errors"])
    assert '<textarea name="bio"' in refused.content.decode()


def test_an_account_is_made_with_a_password_that_works(admin):
    admin.post(reverse("admin:accounts_user_add"), {"email": "ada@example.com", **PASSWORDS})

    assert User.objects.get(email="ada@example.com").check_password(PASSWORDS["password1"])


def test_the_autocomplete_shows_names_and_no_address(admin):
    user = UserFactory(first_name="Bea", last_name="Baker", email="secret@example.com")
    source = {"app_label": "blog", "model_name": "post", "field_name": "author", "term": "bea"}

    answer = admin.get(reverse("admin:autocomplete"), source)

    assert answer.json()["results"] == [{"id": str(user.pk), "text": "Bea Baker"}]
