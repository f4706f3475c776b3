"""Accounts as they come from the old Bloggy."""

import hashlib

from accounts.models import User
from accounts.tests.factories import UserFactory

PASSWORD = "fluxcapacitor"


def old_hash(password=PASSWORD, salt="81e22c2b50573178", iterations=2000, length=20, digest="sha512"):
    """Return what accounts.hashers.EmmettPBKDF2Hasher checks, made without it."""
    derived = hashlib.pbkdf2_hmac(digest, password.encode(), salt.encode(), iterations, length).hex()
    return f"emmett_pbkdf2${iterations},{length},{digest}${salt}${derived}"


def imported(stored=None, **fields):
    """Return an account as an import leaves it, its password column as given: by default an old hash."""
    user = UserFactory(**fields)
    user.password = old_hash() if stored is None else stored
    User.objects.filter(pk=user.pk).update(password=user.password)
    return user
