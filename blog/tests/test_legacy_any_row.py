"""Rows with anything in them: each becomes what Bloggy can hold, or is set aside, and no text holds a NUL."""

import json

from hypothesis import given
from hypothesis import strategies as st

from blog.legacy import grants, mapping
from blog.legacy.reasons import Reason
from blog.tests.legacy_rows import (
    NOW,
    reasons,
    row_of,
    survey_of,
)
from blog.tests.test_legacy_values import ANY_VALUE


def columns_with(*names):
    """Strategy: a row whose columns hold anything."""
    return st.fixed_dictionaries({"id": st.just(7)}, optional=dict.fromkeys(names, ANY_VALUE))


def texts_of(fields):
    return [value for value in fields.values() if isinstance(value, str)]


@given(columns_with("email", "password", "registration_key", "created_at", "first_name", "last_name", "extra"))
def test_any_row_of_users_becomes_an_account_that_postgresql_can_hold(raw):
    row = row_of("users", replace_invalid=True, **raw)

    fields = mapping.user_fields(row, survey_of(users={7}), grants.Grants())

    assert "@" in fields["email"]
    assert len(fields["email"]) <= 254
    assert fields["password"].startswith(("!", "emmett_pbkdf2$"))
    assert max(len(fields["first_name"]), len(fields["last_name"])) <= 128
    assert all("\0" not in text and text.encode() for text in texts_of(fields) if text)
    json.dumps([row.leftover(), row.as_json(), row.notes], allow_nan=False).encode()


@given(columns_with("title", "text", "date", "user", "extra"))
def test_any_row_of_posts_becomes_a_post_that_postgresql_can_hold(raw):
    row = row_of("posts", replace_invalid=True, **raw)

    fields = mapping.post_fields(row, survey_of(), mapping.Numbering(), NOW)

    assert 1 <= len(fields["title"]) <= 512
    assert fields["slug"]
    assert not fields["slug"].isdigit()
    assert fields["author"] in (1, 2, 3)
    assert all("\0" not in text for text in texts_of(fields))
    json.dumps([row.leftover(), row.as_json(), row.notes], allow_nan=False).encode()


@given(columns_with("text", "date", "user", "post", "extra"))
def test_any_row_of_comments_becomes_a_comment_or_is_set_aside(raw):
    row = row_of("comments", replace_invalid=True, **raw)

    fields = mapping.comment_fields(row, survey_of())

    assert (fields is None) == (reasons(row) == [Reason.POST_MISSING])
    assert all("\0" not in text for text in texts_of(fields or {}))
    json.dumps([row.leftover() if fields else row.as_json(), row.notes], allow_nan=False).encode()
