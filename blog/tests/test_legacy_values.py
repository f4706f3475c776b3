import base64
import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.hashers import EmmettPBKDF2Hasher
from blog.legacy import values
from blog.tests.legacy_files import PASSWORD, old_hash

ANY_VALUE = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.binary()
    | st.text().map(lambda text: text.encode(errors="surrogatepass"))
)


@pytest.mark.parametrize(
    ("written", "year_to_microsecond"),
    [
        ("2020-01-02 03:04:05", (2020, 1, 2, 3, 4, 5)),
        ("2020-01-02T03:04:05", (2020, 1, 2, 3, 4, 5)),
        ("2020-01-02 03:04:05.123456", (2020, 1, 2, 3, 4, 5, 123456)),
        ("2020-01-02 03:04:05.1234567", (2020, 1, 2, 3, 4, 5, 123456)),
        ("2020-01-02 03:04:05.5", (2020, 1, 2, 3, 4, 5, 500000)),
        ("2020-01-02t03:04:05z", (2020, 1, 2, 3, 4, 5)),
        ("2020-01-02 03:04:05+02:00", (2020, 1, 2, 1, 4, 5)),
        (" 2020-01-02 03:04 ", (2020, 1, 2, 3, 4)),
        ("2020-01-02", (2020, 1, 2)),
        ("0001-01-01 00:00:00", (1, 1, 1)),
    ],
)
def test_a_date_is_read_as_utc(written, year_to_microsecond):
    assert values.moment(written.encode()) == datetime(*year_to_microsecond, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        *("", "yesterday", "0000-00-00 00:00:00", "2020-02-30 00:00:00", "2020-01-02 25:00:00", "20200102"),
        *("2020-W01-1", "2020-01-02 03:04:05 tomorrow", "12020-01-02", "0001-01-01 00:00:00+01:00"),
        *("２０２０-01-02", "2020-01-02\0"),
    ],
)
def test_what_is_no_date_gives_none(written):
    assert values.moment(written.encode()) is None


@pytest.mark.parametrize("value", [None, 1577934245, 2458850.6, b"\xff\xfe"])
def test_a_number_and_bytes_are_no_date(value):
    assert values.moment(value) is None


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from([" ", "T"]))
def test_every_date_comes_back_as_it_was_written(date, separator):
    written = date.replace(tzinfo=None).isoformat(separator)

    assert values.moment(written.encode()) == date


@given(st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)), st.integers(-1439, 1439))
def test_an_offset_is_taken_off(date, minutes):
    local = date.replace(tzinfo=timezone(timedelta(minutes=minutes)))

    assert values.moment(local.isoformat().encode()) == local


@given(ANY_VALUE)
def test_no_value_breaks_the_reading_of_dates_and_ids(value):
    moment, number = values.moment(value), values.identifier(value)

    assert moment is None or moment.utcoffset() == timedelta(0)
    assert number is None or type(number) is int


@pytest.mark.parametrize(
    ("value", "number"),
    [
        *((7, 7), (7.0, 7), (b"7", 7), (b" 7\n", 7), (b"-7", -7), (None, None), (7.5, None), (math.inf, None)),
        *((b"7.0", None), (b"seven", None), (b"", None), (b"7\0", None), (b"1" * 5000, None)),
    ],
)
def test_an_id_is_the_integer_that_a_value_holds(value, number):
    assert values.identifier(value) == number


@pytest.mark.parametrize(
    ("number", "usable"), [(None, False), (-1, False), (0, False), (1, True), (2**62, True), (2**62 + 1, False)]
)
def test_an_id_from_1_to_2_to_the_62_is_usable(number, usable):
    assert values.is_usable_id(number) is usable


@pytest.mark.parametrize(
    ("value", "text"), [(None, None), (b"caf\xc3\xa9", "café"), (42, "42"), (1.5, "1.5"), (-7.0, "-7.0"), (b"", "")]
)
def test_text_is_what_was_written_and_a_numbers_digits(value, text):
    assert values.text(value) == text


@pytest.mark.parametrize(("value", "what"), [(b"a\0b", "NUL"), (b"\xff", "UTF-8"), (b"\xed\xa0\x80", "UTF-8")])
def test_what_postgresql_cannot_hold_is_named(value, what):
    with pytest.raises(ValueError, match=what):
        values.text(value)


@given(st.binary())
def test_repaired_text_is_text_that_postgresql_can_hold(value):
    text = values.repaired(value)

    assert "\0" not in text
    assert text.encode().decode() == text
    assert values.text(text.encode()) == text


@pytest.mark.parametrize(
    ("written", "address"),
    [
        (" Doc@Emmettbrown.com\n", "Doc@Emmettbrown.com"),
        ("@", "@"),
        ("a@" + "b" * 252, "a@" + "b" * 252),
        ("a@" + "b" * 253, None),
        ("doc", None),
        ("  ", None),
        (None, None),
    ],
)
def test_an_email_is_kept_as_typed_without_outer_spaces(written, address):
    assert values.email_address(written) == address


@pytest.mark.parametrize(
    ("one", "other"), [("Doc@B.com", "dOC@b.COM"), ("İ@x", "i@x"), ("ΑΣ@x", "ασ@x"), ("É@x", "é@x")]
)
def test_emails_that_differ_in_case_have_one_key(one, other):
    assert values.email_key(one) == values.email_key(other)


@pytest.mark.parametrize(("digest", "length"), [("sha512", 20), ("sha1", 16), ("sha256", 64)])
@pytest.mark.parametrize("salt", ["a616e5f7f7c1fdd6", "", "é, (salt)"])
def test_an_old_hash_is_stored_so_that_its_password_still_counts(salt, digest, length):
    stored = values.stored_password(old_hash(PASSWORD, salt, 3, length, digest))

    assert stored.startswith(f"emmett_pbkdf2$3,{length},{digest}${salt}$")
    assert EmmettPBKDF2Hasher().encode(PASSWORD, salt, f"3,{length},{digest}") == stored


def test_digits_of_a_hash_in_capitals_are_the_same_hash():
    written = old_hash(salt="x")
    shouted = written[: written.rindex("$")] + written[written.rindex("$") :].upper()

    assert values.stored_password(shouted) == values.stored_password(written)


@pytest.mark.parametrize(
    "written",
    [
        *(None, "", "password123", "pbkdf2(2000,20,sha512)$salt", "pbkdf2(2000,20,md5)$salt$" + "0" * 40),
        *("pbkdf2(0,20,sha512)$salt$" + "0" * 40, "pbkdf2(100001,20,sha512)$salt$" + "0" * 40),
        *("pbkdf2(2000,15,sha512)$salt$" + "0" * 30, "pbkdf2(2000,65,sha512)$salt$" + "0" * 130),
        *("pbkdf2(2000,20,sha512)$salt$" + "0" * 39, "pbkdf2(2000,20,sha512)$salt$" + "g" * 40),
        *("pbkdf2(2000,20,sha512)$sa$lt$" + "0" * 40, "pbkdf2(٢,20,sha512)$salt$" + "0" * 40),
        *("pbkdf2(2000,20,sha512)$" + "s" * 200 + "$" + "0" * 40, "pbkdf2(2000,20,sha512)$salt$" + "0" * 40 + "\n"),
    ],
)
def test_any_other_password_is_no_hash(written):
    assert values.stored_password(written) is None


def test_the_bounds_of_a_hash_are_hashes():
    for iterations, length in ((1, 16), (100_000, 64)):
        assert values.stored_password(f"pbkdf2({iterations},{length},sha1)$salt${'0' * 2 * length}")


def test_infinity_which_json_knows_not_is_written_as_text():
    assert (values.json_value(math.inf), values.json_value(-math.inf)) == ("inf", "-inf")


def test_an_unusable_password_is_the_same_in_every_run_and_another_for_every_account():
    assert values.unusable_password(7) == values.unusable_password(7)
    assert values.unusable_password(7) != values.unusable_password(8)
    assert len(values.unusable_password(7)) == 41


@given(ANY_VALUE)
def test_every_value_stands_in_the_rest_file_so_that_it_can_be_had_back(value):
    kept = values.json_value(value)

    if isinstance(kept, dict):
        assert base64.b64decode(kept["base64"]) == value
    elif isinstance(value, bytes):
        assert kept.encode() == value
    else:
        assert kept == value or float(kept) == value
