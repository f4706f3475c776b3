import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog import slugs
from blog.legacy import grants, mapping
from blog.legacy.errors import InvalidValue
from blog.legacy.lookup import Lookup
from blog.legacy.reasons import Reason
from blog.legacy.survey import EPOCH
from blog.legacy.values import email_key
from blog.markdown import RENDERER
from blog.tests.legacy_rows import (
    THEN,
    WRITTEN,
    comment_of,
    post_of,
    reasons,
    row_of,
    survey_of,
    user_of,
)


def test_an_account_keeps_its_login_password_names_and_date():
    row, fields = user_of()

    assert row.notes == []
    assert fields["email"] == "doc@example.com"
    assert fields["password"].startswith("emmett_pbkdf2$2000,20,sha512$")
    assert (fields["first_name"], fields["last_name"]) == ("Emmett", "Brown")
    assert fields["date_joined"] == THEN
    assert (fields["is_active"], fields["is_staff"], fields["is_superuser"], fields["groups"]) == (
        True,
        False,
        False,
        [],
    )


def test_a_password_in_plain_text_is_unusable_and_stands_nowhere():
    row, fields = user_of(password="1.21 gigawatts")

    everything = json.dumps([fields, row.notes, row.leftover(), row.as_json()], default=str)

    assert reasons(row) == [Reason.PASSWORD_RESET_NEEDED]
    assert fields["password"].startswith("!")
    assert "gigawatts" not in everything


@pytest.mark.parametrize("password", [b"\xff\xfe secret", b"secret\0"])
def test_a_broken_password_stands_nowhere_even_when_it_is_repaired(password):
    row = row_of("users", replace_invalid=True, id=1, password=password)

    fields = mapping.user_fields(row, survey_of(), grants.Grants())

    assert fields["password"].startswith("!")
    assert row.leftover() == {"id": 1, "password": "(left out)"}


@pytest.mark.parametrize("email", [None, "", "doc", "a@" + "b" * 253])
def test_an_account_without_a_usable_email_is_kept_inactive(email):
    row, fields = user_of(email=email)

    assert (fields["email"], fields["is_active"]) == ("user-1@legacy.invalid", False)
    assert reasons(row) == [Reason.EMAIL_REPLACED]
    assert row.leftover() == (None if email is None else {"id": 1, "email": email})


def test_a_made_up_email_is_never_one_of_the_file():
    survey = survey_of(emails={email_key("USER-1@legacy.invalid"): 2, email_key("former-member@legacy.invalid"): 1})

    _row, fields = user_of(survey, email=None)

    assert fields["email"] == "user-1-2@legacy.invalid"
    assert mapping.former_member(survey)["email"] == "former-member-2@legacy.invalid"


@pytest.mark.parametrize("key", ["pending", "blocked", "disabled", 0])
def test_an_account_with_a_registration_key_is_inactive(key):
    row, fields = user_of(registration_key=key)

    assert fields["is_active"] is False
    assert row.notes == [(Reason.DEACTIVATED, str(key))]


@pytest.mark.parametrize("date", [None, "soon"])
def test_an_account_without_a_date_gets_the_files_earliest(date):
    row, fields = user_of(survey_of(earliest=THEN), created_at=date)

    assert fields["date_joined"] == THEN
    assert reasons(row) == [Reason.NO_DATE]


def test_a_name_too_long_for_its_column_is_cut_and_kept_whole():
    row, fields = user_of(first_name="é" * 129)

    assert fields["first_name"] == "é" * 128
    assert reasons(row) == [Reason.CUT]
    assert row.leftover() == {"id": 1, "first_name": "é" * 129}


def test_columns_without_a_place_are_left_over_and_empty_ones_are_not():
    row, _fields = user_of(username="doc", reset_password_key="", registration_id=None, updated_at=WRITTEN)

    assert row.leftover() == {"id": 1, "username": "doc", "updated_at": WRITTEN}
    assert row.notes == [(Reason.COLUMNS_NOT_MOVED, "username, updated_at")]


def test_a_post_keeps_its_words_as_plain_text():
    row, fields = post_of(title="<b>Hi</b>", text="*one*\n\n<script>")

    assert row.notes == []
    assert (fields["title"], fields["slug"], fields["body"]) == ("<b>Hi</b>", "bhib", "*one*\n\n<script>")
    assert fields["body_html"] == "<p>*one*</p>\n<p>&lt;script&gt;</p>"
    assert (fields["body_format"], fields["renderer"], fields["words"]) == ("plain", RENDERER, 2)
    assert fields["published_at"] == fields["created_at"] == fields["updated_at"] == THEN


@pytest.mark.parametrize("date", [None, "", "2020-02-30 00:00:00", 1577934245])
def test_a_post_without_a_readable_date_is_a_draft(date):
    row, fields = post_of(survey_of(earliest=THEN), date=date)

    assert fields["published_at"] is None
    assert fields["created_at"] == fields["updated_at"] == THEN
    assert reasons(row) == [Reason.NO_DATE]
    assert (row.leftover() is None) == (date is None)


def test_a_post_of_the_future_is_kept_and_reported():
    row, fields = post_of(date="2099-01-01 00:00:00")

    assert fields["published_at"].year == 2099
    assert reasons(row) == [Reason.FUTURE_DATE]


@pytest.mark.parametrize("title", [None, "", " \n", "\x01\u200b"])
def test_a_post_without_a_title_is_untitled(title):
    row, fields = post_of(title=title)

    assert (fields["title"], fields["slug"]) == ("Untitled", "untitled")
    assert reasons(row) == [Reason.UNTITLED]


def test_a_title_too_long_is_cut_and_its_address_stays_short():
    row, fields = post_of(title="word " * 200)

    assert len(fields["title"]) == 512
    assert len(fields["slug"]) <= 100
    assert reasons(row) == [Reason.CUT]


def test_numbers_where_text_should_be_are_their_digits():
    _row, fields = post_of(title=1985, text=1.21)

    assert (fields["title"], fields["slug"], fields["body"]) == ("1985", "post-1", "1.21")


@pytest.mark.parametrize("user", [None, 99, "nobody"])
def test_what_nobody_in_the_file_wrote_belongs_to_the_former_member(user):
    row, fields = post_of(user=user)

    assert fields["author"] == 3
    assert reasons(row) == [Reason.AUTHOR_MISSING]
    assert row.leftover() == (None if user is None else {"id": 1, "user": user})


def test_what_a_merged_account_wrote_belongs_to_the_first():
    row, fields = comment_of(survey_of(users={1}, merged={2: 1}), user=2)

    assert fields["author"] == 1
    assert reasons(row) == [Reason.AUTHOR_MERGED]


def test_a_comment_keeps_its_words_as_plain_text():
    row, fields = comment_of(text="*one*\n<script>")

    assert row.notes == []
    assert (fields["post"], fields["author"], fields["created_at"]) == (1, 1, THEN)
    assert (fields["body"], fields["state"]) == ("*one*\n<script>", "visible")
    assert fields["body_html"] == "<p>*one*<br>&lt;script&gt;</p>"


@pytest.mark.parametrize(("dates", "date"), [({1: THEN.isoformat()}, THEN), ({}, EPOCH)])
def test_a_comment_without_a_date_takes_its_posts_else_the_files_earliest(dates, date):
    row, fields = comment_of(dates=dates, date=None)

    assert fields["created_at"] == date
    assert reasons(row) == [Reason.NO_DATE]


def test_a_comment_whose_post_is_missing_is_set_aside():
    row, fields = comment_of(post=99)

    assert fields is None
    assert row.notes == [(Reason.POST_MISSING, "99")]


@pytest.mark.parametrize(("table", "column"), [("posts", "title"), ("comments", "text"), ("users", "first_name")])
def test_what_postgresql_cannot_hold_is_an_error_that_names_table_row_and_column(table, column):
    make = {"posts": post_of, "comments": comment_of, "users": user_of}[table]

    with pytest.raises(InvalidValue, match=f"table {table}, row 42, column {column}: a NUL character"):
        make(id=42, **{column: "a\0b"})


def test_what_is_replaced_is_kept_as_it_was():
    row = row_of("comments", replace_invalid=True, id=1, text=b"caf\xe9", date=WRITTEN, user=1, post=1)

    fields = mapping.comment_fields(row, survey_of())

    assert fields["body"] == "caf\N{REPLACEMENT CHARACTER}"
    assert reasons(row) == [Reason.INVALID_REPLACED]
    assert row.leftover() == {"id": 1, "text": {"base64": "Y2Fm6Q=="}}


@pytest.mark.parametrize(
    ("id", "name"), [(7.0, 7), (b"8", 8), (-1, -1), (1e300, "1e+300"), (b"x" * 99, "x" * 80), (None, None)]
)
def test_a_report_names_a_row_by_the_number_that_its_id_holds(id, name):
    assert row_of("posts", id=id).name == name


@given(st.lists(st.sampled_from(["a", "a-2", "a-3", "a-2-2", "b", "x" * 100, "x" * 98 + "-2"])))
def test_addresses_are_numbered_as_slugs_does_it_one_by_one(wanted):
    numbering, taken = mapping.Numbering(), []

    for slug in wanted:
        taken.append(slugs.first_free(slug, set(taken).__contains__))

    assert [numbering.take(slug) for slug in wanted] == taken


class CountingLookup(Lookup):
    asked = 0

    def add(self, key, value):
        self.asked += 1
        return super().add(key, value)


def test_posts_of_one_title_are_numbered_without_counting_from_two_each_time():
    numbering = mapping.Numbering()
    numbering.taken = CountingLookup()

    addresses = [numbering.take("untitled") for _ in range(500)]

    assert addresses[-1] == "untitled-500"
    assert numbering.taken.asked < 1010


def test_long_addresses_with_one_beginning_are_numbered_without_counting_from_two_each_time():
    numbering = mapping.Numbering()
    numbering.taken = CountingLookup()
    wanted = [f"{'x' * 94}-{number:05}" for number in range(500)]

    addresses = [numbering.take(slug) for slug in [*wanted, *wanted]]

    assert len(set(addresses)) == 1000
    assert numbering.taken.asked < 2010


def test_of_two_columns_with_one_meaning_the_first_that_is_not_empty_counts():
    row, fields = post_of(user=None, user_id=2)

    assert fields["author"] == 2
    assert (reasons(row), row.leftover()) == ([], None)


def test_of_two_columns_with_one_meaning_the_second_is_kept_where_both_have_a_value():
    row, fields = post_of(user=1, user_id=2)

    assert fields["author"] == 1
    assert row.leftover() == {"id": 1, "user_id": 2}
