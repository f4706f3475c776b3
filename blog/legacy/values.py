"""Rules for single values of the old file, as pure functions.

SQLite lets any type stand in any column, so a value is None, int, float or bytes; the reader hands
out text and blobs alike as bytes.
"""

import base64
import hashlib
import math
import re
from datetime import UTC, datetime

from accounts.hashers import MAX_LENGTH as MAX_PASSWORD

HIGHEST_ID = 2**62
LEFT_OUT = "(left out)"
INTEGER = re.compile(rb"\s*[+-]?[0-9]{1,19}\s*")
DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?"
)
USUAL_DATE = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
PBKDF2 = re.compile(
    r"pbkdf2\((?P<iterations>[0-9]{1,6}),(?P<length>[0-9]{1,2}),(?P<digest>sha1|sha256|sha512)\)"
    r"\$(?P<salt>[^$]*)\$(?P<hexadecimal>[0-9a-fA-F]+)"
)
MAX_ITERATIONS = 100_000
MIN_LENGTH, MAX_LENGTH = 16, 64  # bytes
MAX_EMAIL = 254


def text(value):
    """Return a value as text: decoded, or a number's decimal text; None for NULL.

    Raises ValueError, saying what is wrong, for what PostgreSQL can't hold.
    """
    if not isinstance(value, bytes):
        return None if value is None else str(value)
    try:
        decoded = value.decode()
    except UnicodeDecodeError:
        raise ValueError("bytes that are not UTF-8") from None
    if "\0" in decoded:
        raise ValueError("a NUL character")
    return decoded


def repaired(value):
    """Return bytes as text with U+FFFD for every NUL and every byte that is not UTF-8."""
    return value.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def identifier(value):
    """Return the integer that a value holds, whatever its type; None where it holds none."""
    if type(value) is int:
        return value
    if isinstance(value, bytes):
        return int(value) if INTEGER.fullmatch(value) else None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value


def is_usable_id(number):
    """Tell whether a number can be a primary key that leaves room for the ids after it."""
    return number is not None and 1 <= number <= HIGHEST_ID


def moment(value):
    """Return an aware datetime in UTC, or None where a value is no date.

    The old Bloggy wrote `YYYY-MM-DD HH:MM:SS` in UTC; a `T`, a fraction, an offset and a date alone
    are read too. A number is no date.
    """
    if not isinstance(value, bytes):
        return None
    try:
        if USUAL_DATE.fullmatch(value):  # takes half the time
            return datetime.fromisoformat(f"{value.decode()}+00:00")
        written = value.decode(errors="replace").strip().upper()
        if not DATE.fullmatch(written):
            return None
        read = datetime.fromisoformat(written)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):  # February 30; beyond the years 1 to 9999
        return None


def email_address(written):
    """Return what was typed without outer spaces, or None where it can't be an e-mail address."""
    address = (written or "").strip()
    return address if "@" in address and len(address) <= MAX_EMAIL else None


def email_key(address):
    """Return what two addresses that differ only in case have in common.

    Character by character, as PostgreSQL's lower() does: Python's makes two characters of `İ` and
    another sigma at the end of a word.
    """
    return "".join(character.lower()[0] for character in address)


def stored_password(written):
    """Return an old hash `pbkdf2(2000,20,sha512)$<salt>$<hex>` in the form of accounts.hashers.

    None for everything else, and for a hash with parameters that no old Bloggy used.
    """
    match = PBKDF2.fullmatch(written or "")
    if not match:
        return None
    iterations, length = int(match["iterations"]), int(match["length"])
    if not (1 <= iterations <= MAX_ITERATIONS and MIN_LENGTH <= length <= MAX_LENGTH):
        return None
    if len(match["hexadecimal"]) != 2 * length:
        return None
    stored = f"emmett_pbkdf2${iterations},{length},{match['digest']}${match['salt']}${match['hexadecimal'].lower()}"
    return stored if len(stored) <= MAX_PASSWORD else None


def unusable_password(user_id):
    """Return a password that nobody has, the same for the same account in every run.

    Django's own is `!` and random characters. Nothing need be random here: `!` alone makes it
    unusable, whatever is typed; what follows comes from the id, holds nothing of the old password,
    and differs from account to account as Django's does. Sessions and reset links are signed with
    SECRET_KEY, so knowing it opens nothing.
    """
    return "!" + hashlib.sha256(f"old Bloggy, account {user_id}".encode()).hexdigest()[:40]


def json_value(value):
    """Return a value as JSON can hold it, nothing lost: bytes that are not UTF-8 as {"base64": …}."""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(value).decode()}
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
