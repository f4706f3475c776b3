"""The fixed words of the report: why a row was changed or set aside. docs/migrating-from-sqlite.md lists them."""

from enum import StrEnum


class Reason(StrEnum):
    # the row was imported, not quite as it was
    AUTHOR_MERGED = "author-merged"
    AUTHOR_MISSING = "author-missing"
    COLUMNS_NOT_MOVED = "columns-not-moved"
    CUT = "cut"
    DEACTIVATED = "deactivated"
    EMAIL_REPLACED = "email-replaced"
    FUTURE_DATE = "future-date"
    GROUP_RENAMED = "group-renamed"
    INVALID_REPLACED = "invalid-replaced"
    NO_DATE = "no-date"
    PASSWORD_RESET_NEEDED = "password-reset-needed"
    UNTITLED = "untitled"
    # the row was set aside
    EMAIL_DUPLICATE = "email-duplicate"
    ID_TWICE = "id-twice"
    ID_UNUSABLE = "id-unusable"
    POST_MISSING = "post-missing"
    ROLE_MISSING = "role-missing"
    ROLE_NOT_NEEDED = "role-not-needed"
    ROLE_UNNAMED = "role-unnamed"
    TABLE_NOT_MOVED = "table-not-moved"
    USER_MISSING = "user-missing"


EXPLANATIONS = {
    Reason.AUTHOR_MERGED: "belongs to the account that its author's was merged into",
    Reason.AUTHOR_MISSING: "its author is not in the file: it belongs to “Former member”",
    Reason.COLUMNS_NOT_MOVED: "Bloggy has no place for some of its columns: they are in the rest file",
    Reason.CUT: "longer than its column: cut, whole in the rest file",
    Reason.DEACTIVATED: "had a registration key: the account is inactive",
    Reason.EMAIL_REPLACED: "had no usable e-mail address: the account is inactive",
    Reason.FUTURE_DATE: "dated in the future: shown from then on",
    Reason.GROUP_RENAMED: "had the name of one of Bloggy's own groups: “(old)” was added",
    Reason.INVALID_REPLACED: "had characters that PostgreSQL can't hold: replaced, as they were in the rest file",
    Reason.NO_DATE: "had no readable date: a post became a draft, other rows got a likely date",
    Reason.PASSWORD_RESET_NEEDED: "the password was not stored as a hash: its owner needs a password reset",
    Reason.UNTITLED: "had no title: “Untitled”",
    Reason.EMAIL_DUPLICATE: "merged into the first account with its e-mail address",
    Reason.ID_TWICE: "has the id of an earlier row",
    Reason.ID_UNUSABLE: "has no id from 1 to 2^62",
    Reason.POST_MISSING: "a comment on a post that is not in the file",
    Reason.ROLE_MISSING: "gives a role that is not in the file, or not moved",
    Reason.ROLE_NOT_NEEDED: "reading needs no role",
    Reason.ROLE_UNNAMED: "a role without a name",
    Reason.TABLE_NOT_MOVED: "Bloggy has no place for this table",
    Reason.USER_MISSING: "gives a role to an account that is not in the file, or was merged",
}
