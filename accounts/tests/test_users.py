import pytest
from django.db import IntegrityError

from accounts.models import User
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_the_login_is_matched_without_regard_to_case():
    user = UserFactory(email="Ada@Example.com")

    assert User.objects.get_by_natural_key("aDA@exAMPLE.com") == user


def test_two_addresses_that_differ_in_case_alone_are_one_account():
    UserFactory(email="ada@example.com")

    with pytest.raises(IntegrityError, match="accounts_user_email_lower"):
        UserFactory(email="ADA@example.com")


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [("Ada", "Byron", "Ada Byron"), ("Ada", "", "Ada"), ("", " ", "Author 7"), ("\x01", "\u200b", "Author 7")],
)
def test_the_public_name_is_the_full_name_and_never_the_address(first, last, shown):
    user = User(pk=7, first_name=first, last_name=last, email="ada@example.com")

    assert (user.public_name, str(user), user.get_full_name()) == (shown, shown, shown)


@pytest.mark.parametrize(
    ("name", "slug"), [("Ada Byron", "ada-byron"), ("艾达", "艾达"), ("!!", "author"), ("Feed", "author")]
)
def test_the_address_of_an_author_is_never_empty(name, slug):
    assert User(pk=7, first_name=name).public_slug == slug


def test_an_account_needs_an_address():
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user("")


def test_a_superuser_may_do_everything_and_log_in():
    user = User.objects.create_superuser("root@example.com", "a long password")

    assert (user.is_staff, user.is_superuser, user.check_password("a long password")) == (True, True, True)
