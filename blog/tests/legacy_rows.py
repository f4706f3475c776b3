"""Old rows for tests, and what the mapping makes of them."""

from datetime import UTC, datetime

from blog.legacy import grants, mapping, rows
from blog.legacy.reader import Table
from blog.legacy.survey import EPOCH, Survey
from blog.tests.legacy_files import old_hash

NOW = datetime(2025, 1, 1, tzinfo=UTC)
THEN = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
WRITTEN = "2020-01-02 03:04:05"


def row_of(table, replace_invalid=False, **written):
    """Return the Row of a table whose columns hold what is written, text as the reader's bytes."""
    raw = {column: value.encode() if isinstance(value, str) else value for column, value in written.items()}
    layout = rows.Layout(Table(table, tuple(raw), True, None))
    return rows.Row(layout, raw, replace_invalid=replace_invalid)


def survey_of(**facts):
    earliest = facts.pop("earliest", EPOCH)
    survey = Survey(**{"users": {1, 2}, "posts": {1}, "highest_user": 2} | facts)
    survey.earliest = earliest
    return survey


def user_of(survey=None, given=None, **written):
    """Return the row and the fields of an account."""
    usual = {"id": 1, "email": "doc@example.com", "password": old_hash(), "created_at": WRITTEN}
    row = row_of("users", **usual | {"first_name": "Emmett", "last_name": "Brown", "registration_key": ""} | written)
    return row, mapping.user_fields(row, survey or survey_of(), given or grants.Grants())


def post_of(survey=None, **written):
    row = row_of("posts", **{"id": 1, "title": "A title", "text": "A text", "date": WRITTEN, "user": 1} | written)
    return row, mapping.post_fields(row, survey or survey_of(), mapping.Numbering(), NOW)


def comment_of(survey=None, dates=None, **written):
    row = row_of("comments", **{"id": 1, "text": "A text", "date": WRITTEN, "user": 1, "post": 1} | written)
    return row, mapping.comment_fields(row, survey or survey_of(post_dates=dates or {}))


def given_by(table, *names):
    """Return the Grants of account 1, which has these roles."""
    held = grants.Grants()
    member = {"roles": ("user_roles", "role"), "auth_groups": ("auth_memberships", "auth_group")}[table]
    for number, name in enumerate(names, 1):
        grants.take_role(row_of(table, id=number, name=name), table, held)
        grants.take_membership(row_of(member[0], id=number, user=1, **{member[1]: number}), table, held, survey_of())
    return held


def reasons(row):
    return [reason for reason, _detail in row.notes]
