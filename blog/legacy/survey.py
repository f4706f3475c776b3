"""The first look over the whole file: what one row's mapping must know of the others."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from blog.legacy import rows, values
from blog.legacy.errors import DuplicateEmails
from blog.legacy.ids import Ids
from blog.legacy.lookup import Lookup

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PostDates:
    """The dates of those posts of which a comment has none of its own."""

    def __init__(self):
        self.asked = Lookup()  # id of a post -> its date, empty as long as nobody noted it

    def ask(self, post):
        self.asked.add(post, "")

    def note(self, post, date):
        """Keep the date of a post if it was asked for; it may be None."""
        if date and post in self.asked:
            self.asked[post] = date.isoformat()

    def get(self, post):
        """Return the date that was noted, or None."""
        written = self.asked.get(post)
        return datetime.fromisoformat(written) if written else None


@dataclass
class Survey:
    """What holds for the whole file."""

    earliest: datetime | None = None
    users: Ids = field(default_factory=Ids)  # the ids of the rows that become accounts
    merged: Lookup = field(default_factory=Lookup)  # id of a row -> id of the account that takes its posts
    emails: Lookup = field(default_factory=Lookup)  # email_key -> id
    highest_user: int = 0
    posts: Ids = field(default_factory=Ids)
    post_dates: PostDates = field(default_factory=PostDates)
    has_orphans: bool = False

    def saw(self, date):
        if date and (self.earliest is None or date < self.earliest):
            self.earliest = date

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
    survey = Survey()
    if "users" in tables:
        look_at_users(survey, tables["users"], merge_duplicate_emails, replace_invalid)
    if "posts" in tables:
        look_at_posts(survey, tables["posts"])
    if "comments" in tables:
        look_at_comments(survey, tables["comments"])
    survey.earliest = survey.earliest or EPOCH
    return survey


def look_at_users(survey, table, merge, replace_invalid):
    for row in rows.read(table, ["email", "created_at"], replace_invalid=replace_invalid):
        survey.saw(row.moment("created_at"))
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


def look_at_posts(survey, table):
    for row in rows.read(table, ["user", "date"]):
        survey.saw(row.moment("date"))
        if not row.problem:
            survey.posts.add(row.id)
            survey.has_orphans |= survey.account_of(row.link("user")) is None


def look_at_comments(survey, table):
    for row in rows.read(table, ["post", "user", "date"]):
        date, post = row.moment("date"), row.link("post")
        survey.saw(date)
        if not row.problem and post in survey.posts:
            survey.has_orphans |= survey.account_of(row.link("user")) is None
            if date is None:
                survey.post_dates.ask(post)
