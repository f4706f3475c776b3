import hashlib

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import check_password, identify_hasher

from accounts import hashers
from accounts.tests.factories import UserFactory

HEXADECIMAL = hashlib.pbkdf2_hmac("sha512", b"fluxcapacitor", b"81e22c2b50573178", 2000, 20).hex()
OLD_HASH = f"emmett_pbkdf2$2000,20,sha512$81e22c2b50573178${HEXADECIMAL}"


def test_an_old_password_is_recognised():
    assert check_password("fluxcapacitor", OLD_HASH)


@pytest.mark.parametrize("password", ["", "Fluxcapacitor", "fluxcapacitor ", "flux\0capacitor"])
def test_another_password_is_not(password):
    assert not check_password(password, OLD_HASH)


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha512"])
def test_the_parameters_stand_in_the_hash(digest):
    derived = hashlib.pbkdf2_hmac(digest, "pässword".encode(), b"salt", 3, 32).hex()

    assert check_password("pässword", f"emmett_pbkdf2$3,32,{digest}$salt${derived}")


def test_a_wrong_password_costs_as_much_as_with_djangos_hasher(monkeypatch):
    spent = []
    monkeypatch.setattr(hashers.EmmettPBKDF2Hasher, "harden_runtime", lambda *args: spent.append(args))

    check_password("wrong", OLD_HASH)

    assert len(spent) == 1


def test_the_summary_shows_neither_salt_nor_hash():
    summary = identify_hasher(OLD_HASH).safe_summary(OLD_HASH)

    assert "81e22c2b50573178" not in str(summary.values())
    assert HEXADECIMAL not in str(summary.values())


@pytest.mark.django_db
def test_the_first_log_in_renews_the_hash():
    user = UserFactory(email="doc@emmettbrown.com")
    type(user).objects.filter(pk=user.pk).update(password=OLD_HASH)

    assert authenticate(username="doc@emmettbrown.com", password="fluxcapacitor") == user

    user.refresh_from_db()
    assert not user.password.startswith("emmett")
    assert user.check_password("fluxcapacitor")
