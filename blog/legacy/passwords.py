"""Whether a stored password is what an old one may have become."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher, identify_hasher, is_password_usable

from accounts.hashers import EmmettPBKDF2Hasher, EmmettPBKDF2WrappedHasher

OLD, WRAPPED = (f"{hasher.algorithm}$" for hasher in (EmmettPBKDF2Hasher, EmmettPBKDF2WrappedHasher))
MOST = 10 * PBKDF2PasswordHasher.iterations  # of a hash: more was not made here, and would take too long


def difference(expected, here):
    """Return what the file says and what is here, in words, or None where that is well; never the hash.

    An old hash may be as it was, wrapped, or renewed by Django at a log-in; any other password is
    unusable or Django's own.
    """
    if is_djangos(here) or here == expected:
        return None
    if not expected.startswith(OLD):
        return None if not is_password_usable(here) else ("none that is usable", kind(here))
    return None if is_wrapped(expected, here) else ("an old hash", kind(here))


def is_wrapped(old, here):
    """Tell whether a stored password is the wrapped form of an old hash, by wrapping it again: a third of a second."""
    hasher = EmmettPBKDF2WrappedHasher()
    try:
        made = hasher.decode(here)
        return made["iterations"] <= MOST and hasher.wrap(old, made["salt"], made["iterations"]) == here
    except ValueError:  # not of that form
        return False


def kind(stored):
    if stored.startswith(OLD):
        return "another old hash"
    if stored.startswith(WRAPPED):
        return "another wrapped hash"
    return "something that is no hash" if is_password_usable(stored) else "none that is usable"


def is_djangos(stored):
    """Tell whether one of Django's own hashers made it."""
    try:
        hasher = identify_hasher(stored)
        hasher.decode(stored)
    except (AssertionError, ValueError):
        return False
    return type(hasher).__module__.startswith("django.")
