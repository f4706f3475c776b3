"""What an old row becomes: the rules of the move as functions from a Row to the fields of a model.

The fields are complete, because a fixture is loaded raw and COPY knows no defaults. A mapping returns
None for a row that is set aside; the row then says why.
"""

from itertools import count

from blog import markdown, slugs
from blog.legacy import values
from blog.legacy.lookup import Lookup
from blog.legacy.reasons import Reason
from bloggy.text import is_visible

FIRST_NAME = LAST_NAME = 128  # characters
TITLE = 512
UNTITLED = "Untitled"


def user_fields(row, survey, grants):
    """Return the fields of the account that a row of `users` becomes; groups by their names."""
    if first := survey.merged.get(row.id):
        return row.set_aside(Reason.EMAIL_DUPLICATE, f"merged into {first}")
    given = grants.of(row.id)
    return {
        "password": password(row),
        "last_login": None,
        "is_superuser": any(grant.superuser for grant in given),
        "first_name": row.short_text("first_name", FIRST_NAME),
        "last_name": row.short_text("last_name", LAST_NAME),
        "bio": "",
        **email_and_activity(row, survey),
        "is_staff": any(grant.staff for grant in given),
        "date_joined": row.moment("created_at") or without_date(row, "created_at", survey.earliest),
        "groups": sorted({grant.group for grant in given} - {""}),
        "user_permissions": [],
    }


def password(row):
    stored = values.stored_password(row.text("password"))
    if stored is None:
        row.note(Reason.PASSWORD_RESET_NEEDED)
    return stored or values.unusable_password(row.id)


def email_and_activity(row, survey):
    """Return the login, and whether it may be used."""
    address, key = values.email_address(row.text("email")), row.text("registration_key")
    if key:
        row.note(Reason.DEACTIVATED, row.shown("registration_key"), losing="registration_key")
    if address is None:
        replacement = survey.free_email(f"user-{row.id}")
        row.note(Reason.EMAIL_REPLACED, replacement, losing="email")
        return {"email": replacement, "is_active": False}
    return {"email": address, "is_active": not key}


def former_member(survey):
    """Return the fields of the account that takes what nobody in the file wrote."""
    return {
        "password": values.unusable_password(survey.former_member),
        "last_login": None,
        "is_superuser": False,
        "first_name": "Former",
        "last_name": "member",
        "bio": "",
        "email": survey.free_email("former-member"),
        "is_active": False,
        "is_staff": False,
        "date_joined": survey.earliest,
        "groups": [],
        "user_permissions": [],
    }


def post_fields(row, survey, numbering, now):
    """Return the fields of the post that a row of `posts` becomes.

    numbering keeps the addresses apart, so rows come in order of id; now tells the future.
    """
    title, body, published_at = post_title(row), row.text("text"), row.moment("date")
    if published_at is None:
        row.note(Reason.NO_DATE, "a draft", losing="date")
    elif published_at > now:
        row.note(Reason.FUTURE_DATE, published_at.isoformat())
    survey.note_post(row.id, published_at)
    written_at = published_at or survey.earliest
    rendered = markdown.render(body, "plain")
    return {
        "author": author(row, survey),
        "title": title,
        "slug": numbering.take(slugs.slug_of(title, row.id)),
        "body": body,
        "body_format": "plain",
        "body_html": rendered.html,
        "renderer": markdown.RENDERER,
        "words": rendered.words,
        "summary": "",
        "excerpt": rendered.excerpt,
        "published_at": published_at,
        "created_at": written_at,
        "updated_at": written_at,
        "comments_open": True,
        "is_featured": False,
        "version": 1,
    }


def post_title(row):
    """Return the title; one that shows nothing, such as spaces, would be a link that nobody sees."""
    title = row.short_text("title", TITLE)
    if is_visible(title):
        return title
    row.note(Reason.UNTITLED, losing="title" if title else None)
    return UNTITLED


def comment_fields(row, survey):
    """Return the fields of the comment that a row of `comments` becomes."""
    post = row.link("post")
    if post not in survey.posts:
        return row.set_aside(Reason.POST_MISSING, row.shown("post"))
    body = row.text("text")
    return {
        "post": post,
        "author": author(row, survey),
        "parent": None,
        "body": body,
        "body_format": "plain",
        "body_html": markdown.render_comment(body, "plain"),
        "state": "visible",
        "created_at": row.moment("date") or without_date(row, "date", survey.date_of(post)),
        "edited_at": None,
    }


def author(row, survey):
    """Return the id of the account that a post or comment belongs to."""
    written = row.link("user")
    account = survey.account_of(written)
    if account is None:
        row.note(Reason.AUTHOR_MISSING, row.shown("user"), losing="user")
        survey.has_orphans = True
        return survey.former_member
    if account != written:
        row.note(Reason.AUTHOR_MERGED, f"from {written} to {account}", losing="user")
    return account


def without_date(row, meaning, likely):
    """Return the date that a row without one gets."""
    row.note(Reason.NO_DATE, f"now {likely.isoformat()}", losing=meaning)
    return likely


class Numbering:
    """Gives every post of a file an address of its own: the first free one of `-2`, `-3` …

    As slugs.first_free() does, but goes on where it stopped: ten thousand posts of one title would
    else ask fifty million times.
    """

    def __init__(self):
        self.taken = Lookup()  # address -> 1
        self.tried = Lookup()  # the lowest number of so many digits behind its stem -> the last one that is taken

    def take(self, slug):
        """Return the address for a post whose title asks for slug, and keep it."""
        if self.taken.add(slug, 1):
            return slug
        for digits in count(1):  # numbers of as many digits stand behind one stem, which many addresses may have
            lowest, above = max(2, 10 ** (digits - 1)), 10**digits
            stem = slugs.numbered(slug, lowest)
            for number in range(max(lowest, self.tried.get(stem, 0) + 1), above):
                candidate = slugs.numbered(slug, number)
                if self.taken.add(candidate, 1):
                    self.tried[stem] = number
                    return candidate
            self.tried[stem] = above
