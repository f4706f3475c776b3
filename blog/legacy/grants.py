"""The old roles and auth groups: what each gives, and who has it.

Names count as they are written: an old "Admin" was no "admin".
"""

from dataclasses import dataclass, field

from blog.legacy.lookup import Lookup
from blog.legacy.reasons import Reason
from blog.roles import AUTHORS, MODERATORS, RIGHTS

GROUP_NAME = 150  # characters; django.contrib.auth's Group.name
# The table that names the roles -> the table that says who has them.
MEMBERS = {"roles": "user_roles", "auth_groups": "auth_memberships"}


@dataclass(frozen=True)
class Grant:
    """What a role gives: everything, the admin, a group."""

    superuser: bool = False
    staff: bool = False
    group: str = ""


ADMIN = Grant(superuser=True, staff=True)
NOTHING = Grant()
GRANTS = {
    ("auth_groups", "admin"): ADMIN,
    ("roles", "admin"): ADMIN,
    ("roles", "moderator"): Grant(staff=True, group=MODERATORS),
    ("roles", "author"): Grant(staff=True, group=AUTHORS),
    ("roles", "viewer"): NOTHING,
}


@dataclass
class Grants:
    """The grants of every role, and of every account."""

    groups: set = field(default_factory=set)  # their names
    roles: dict = field(default_factory=dict)  # (table, id) -> Grant
    sets: dict = field(default_factory=lambda: {0: frozenset()})  # number -> Grants; many accounts have the same
    numbers: dict = field(default_factory=dict)  # Grants -> number
    accounts: Lookup = field(default_factory=Lookup)  # account id -> number

    def of(self, account):
        """Return the Grants of an account, a frozenset."""
        return self.sets[self.accounts.get(account, 0)]

    def give(self, account, grant):
        given = self.of(account) | {grant}
        number = self.numbers.setdefault(given, len(self.sets))
        self.sets[number] = given
        self.accounts[account] = number

    def new_groups(self):
        """Return the names of the groups that Bloggy has not by itself, sorted."""
        return sorted(self.groups - {"", *RIGHTS})


def take_role(row, table, grants):
    """Note what a role gives; returns its Grant, or None for a row that is set aside."""
    name = row.text("name")
    if not name.strip():
        return row.set_aside(Reason.ROLE_UNNAMED)
    grant = GRANTS.get((table, name)) or Grant(group=group_name(row, name))
    grants.groups.add(grant.group)
    if row.id is not None:
        grants.roles.setdefault((table, row.id), grant)
    return row.set_aside(Reason.ROLE_NOT_NEEDED, name) if grant == NOTHING else grant


def group_name(row, name):
    """Return the name of the group that an unknown role becomes: never one that has rights here."""
    if name in RIGHTS:
        row.note(Reason.GROUP_RENAMED, f"{name} (old)", losing="name")
        return f"{name} (old)"
    return row.cut("name", name, GROUP_NAME)


def take_membership(row, table, grants, survey):
    """Give an account what a role gives; returns the Grant, or None for a row that is set aside.

    The roles of an account that is merged into another are not merged: they could make an
    administrator of its reader.
    """
    account, role = row.link("user"), row.link("role")
    if account not in survey.users:
        return row.set_aside(Reason.USER_MISSING, row.shown("user"))
    grant = grants.roles.get((table, role))
    if grant is None:
        return row.set_aside(Reason.ROLE_MISSING, row.shown("role"))
    if grant == NOTHING:
        return row.set_aside(Reason.ROLE_NOT_NEEDED)
    grants.give(account, grant)
    return grant
