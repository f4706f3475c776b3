"""The first look over the whole file: what one row's mapping must know of the others."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from blog.legacy import rows, values
from blog.legacy.errors import DuplicateEmails
from blog.legacy.ids import Ids
from blog.legacy.lookup import Lookup

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Survey:
    """What holds for the whole file; more of it is noted while its posts and comments are read."""

    tables: dict = field(default_factory=dict)
    users: Ids = field(default_factory=Ids)  # the ids of the rows that become accounts
    merged: Lookup = field(default_factory=Lookup)  # id of a row -> id of the account that takes its posts
    emails: Lookup = field(default_factory=Lookup)  # email_key -> id
    highest_user: int = 0
    posts: Ids = field(default_factory=Ids)  # the ids of the rows that became posts
    post_dates: Lookup = field(default_factory=Lookup)  # id of a post -> its date in ISO 8601
    has_orphans: bool = False  # whether anything belongs to the former member

    @cached_property
    def earliest(self):
        """The earliest date of any row; few files need it, and it takes one reading of them."""
        return min(filter(None, self.dates()), default=EPOCH)

    def dates(self):
        for name, meaning in (("users", "created_at"), ("posts", "date"), ("comments", "date")):
            if name in self.tables:
                yield from (row.moment(meaning) for row in rows.read(self.tables[name], [meaning]))

    def note_post(self, post, date):
        """Keep that a row became a post, and its date, which may be None."""
        self.posts.add(post)
        if date:
            self.post_dates.add(post, date.isoformat())

    def date_of(self, post):
        """Return the date of a post that was noted, else the file's earliest."""
        written = self.post_dates.get(post)
        return datetime.fromisoformat(written) if written else self.earliest

    def account_of(self, user_id):
        """Return the id of the account that a row's user became, or None."""
        if user_id in self.users:
            return user_id
        return self.merged.get(user_id) if values.is_usable_id(user_id) else None

    @property
    def former_member(self):
        """The id of the account that takes what nobody in the file wrote."""
        return self.highest_user + 1

    def free_email(self, name):
        """Return `<name>@legacy.invalid`, numbered where an account of the file has that address."""
        address, number = f"{name}@legacy.invalid", 1
        while values.email_key(address) in self.emails:
            number += 1
            address = f"{name}-{number}@legacy.invalid"
        return address


def take(tables, *, merge_duplicate_emails=False, replace_invalid=False):
    """Return the Survey of a file's tables.

    Raises InvalidValue for an e-mail address that PostgreSQL can't hold, and DuplicateEmails where
    two accounts have the same address unless they are to be merged.
    """
    survey = Survey(tables)
    if "users" in tables:
        look_at_users(survey, tables["users"], merge_duplicate_emails, replace_invalid)
    return survey


def look_at_users(survey, table, merge, replace_invalid):
    for row in rows.read(table, ["email"], replace_invalid=replace_invalid):
        if row.problem:
            continue
        survey.highest_user = row.id
        address = values.email_address(row.text("email"))
        if not address or survey.emails.add(key := values.email_key(address), row.id):
            survey.users.add(row.id)
            continue
        first = survey.emails.get(key)
        if merge:
            survey.merged[row.id] = first
        else:
            raise DuplicateEmails(
                f"table users, rows {first} and {row.id} have the same e-mail address but for case. Change one, or "
                f"give --merge-duplicate-emails: what row {row.id} wrote then belongs to row {first}'s account."
            )
