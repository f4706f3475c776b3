"""Whether a stored password is what an old one may have become."""

from django.contrib.auth.hashers import identify_hasher, is_password_usable

OLD, WRAPPED = "emmett_pbkdf2$", "emmett_pbkdf2_wrapped$"


def difference(expected, here):
    """Return what the file says and what is here, in words, or None where that is well; never the hash.

    An old hash may be as it was, wrapped, or renewed by Django at a log-in; any other password is
    unusable or Django's own.
    """
    if is_djangos(here) or here == expected:
        return None
    if not expected.startswith(OLD):
        return None if not is_password_usable(here) else ("none that is usable", kind(here))
    if here.startswith(WRAPPED) and expected.split("$")[2] in here.split("$"):
        return None
    return "an old hash", kind(here)


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
