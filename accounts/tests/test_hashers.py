import hashlib

import hypothesis
import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, identify_hasher
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st

from accounts import hashers
from accounts.tests.old_hashes import imported, old_hash

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


def wrap(old):
    return hashers.EmmettPBKDF2WrappedHasher().wrap(old)


@pytest.fixture
def quick(monkeypatch):
    """Let Django's hasher iterate once, whatever number it is given and stores."""
    encode = PBKDF2PasswordHasher.encode

    def quick_encode(self, password, salt, iterations=None):
        return encode(self, password, salt, 1).replace("$1$", f"${iterations or self.iterations}$", 1)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", quick_encode)


@pytest.mark.parametrize("salt", ["81e22c2b50573178", "", "é, (salt)", "$", "a$b$$c", "x" * 142])
def test_a_wrapped_hash_is_djangos_of_the_old_one_with_a_fresh_salt(quick, salt):
    old = old_hash(salt=salt)

    wrapped = wrap(old)

    start, fresh, derived = wrapped.rsplit("$", 2)
    djangos = PBKDF2PasswordHasher().encode(old.rpartition("$")[2], fresh, 1_000_000)
    assert start == f"emmett_pbkdf2_wrapped$2000,20,sha512${salt}$1000000"
    assert f"pbkdf2_sha256$1000000${fresh}${derived}" == djangos
    assert len(fresh) == 22
    assert fresh not in wrap(old)
    assert check_password("fluxcapacitor", wrapped)
    assert not check_password("Fluxcapacitor", wrapped)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
lengths, digests = st.integers(16, 64), st.sampled_from(["sha1", "sha256", "sha512"])


@hypothesis.settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(texts, texts, texts, st.integers(0, 255), st.sampled_from([1, 99]), lengths, digests)
@example("right", "wrong", "", 0, 1, 16, "sha1")
@example("right", "wrong", "€", 255, 1, 16, "sha1")
@example("right", "wrong", "$", 255, 99, 64, "sha512")
def test_whatever_the_old_hash_the_wrapped_one_fits_and_has_the_same_password(
    quick, right, wrong, salt, times, iterations, length, digest
):
    room = 255 - len(old_hash(right, "", iterations, length, digest))  # an old hash fits its column too
    old = old_hash(right, (salt * times)[:room], iterations, length, digest)

    wrapped = wrap(old)

    assert len(wrapped) <= 255
    assert check_password(right, old)
    assert check_password(right, wrapped)
    assert check_password(wrong, wrapped) == (wrong == right)


@pytest.mark.parametrize(("length", "kept"), [(16, 14), (20, 22), (64, 44)])
def test_of_the_new_hash_84_bits_are_kept_at_least(quick, length, kept):
    room = 255 - len(old_hash(salt="", length=length))

    derived = wrap(old_hash(salt="x" * room, length=length)).rpartition("$")[2]

    assert len(derived) == kept


@pytest.mark.parametrize(
    "junk", ["emmett_pbkdf2$", "emmett_pbkdf2$2000,20,sha512", f"emmett_pbkdf2$1,1,sha1${'x' * 220}$00"]
)
def test_what_is_no_old_hash_or_leaves_no_room_is_not_wrapped(junk):
    with pytest.raises(ValueError, match=r"unpack|too long"):
        wrap(junk)


@pytest.mark.parametrize(("password", "correct"), [("fluxcapacitor", True), ("wrong", False)])
def test_when_django_iterates_more_a_wrong_password_costs_as_much_and_the_right_one_is_renewed(
    monkeypatch, settings, password, correct
):
    settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[1:]  # production's
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 70)
    wrapped = wrap(old_hash())
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 100)
    encode, spent, renewed = PBKDF2PasswordHasher.encode, [], []

    def counted(self, password, salt, iterations=None):
        spent.append(iterations)
        return encode(self, password, salt, iterations)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counted)

    assert check_password(password, wrapped, setter=renewed.append) == correct

    assert spent == ([70] if correct else [70, 30])
    assert renewed == ([password] if correct else [])


def test_the_summary_of_a_wrapped_hash_shows_neither_salt_nor_hash(quick):
    wrapped = wrap(old_hash())

    summary = str(identify_hasher(wrapped).safe_summary(wrapped))

    assert "1000000" in summary
    assert not [secret for secret in wrapped.split("$")[2::2] if secret in summary]


@pytest.mark.django_db
@pytest.mark.parametrize("prepare", [str, wrap], ids=["bare", "wrapped"])
def test_the_first_log_in_renews_the_hash(prepare):
    user = imported(prepare(old_hash()), email="doc@emmettbrown.com")

    assert authenticate(username="doc@emmettbrown.com", password="fluxcapacitor") == user

    user.refresh_from_db()
    assert not user.password.startswith("emmett")
    assert user.check_password("fluxcapacitor")
