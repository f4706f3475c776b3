import pytest

from blog.legacy import grants
from blog.legacy.reasons import Reason
from blog.tests.legacy_rows import (
    given_by,
    reasons,
    row_of,
    survey_of,
    user_of,
)


@pytest.mark.parametrize(
    ("table", "name", "superuser", "staff", "groups"),
    [
        ("auth_groups", "admin", True, True, []),
        ("roles", "admin", True, True, []),
        ("roles", "moderator", False, True, ["Moderators"]),
        ("roles", "author", False, True, ["Authors"]),
        ("roles", "viewer", False, False, []),
        ("roles", "Admin", False, False, ["Admin"]),
        ("roles", "gardener", False, False, ["gardener"]),
        ("auth_groups", "author", False, False, ["author"]),
        ("auth_groups", "Editors", False, False, ["Editors (old)"]),
    ],
)
def test_a_role_gives_what_it_gave_and_an_unknown_one_no_rights(table, name, superuser, staff, groups):
    _row, fields = user_of(given=given_by(table, name))

    assert (fields["is_superuser"], fields["is_staff"], fields["groups"]) == (superuser, staff, groups)


def test_the_roles_of_one_account_add_up():
    _row, fields = user_of(given=given_by("roles", "moderator", "author", "gardener"))

    assert (fields["is_superuser"], fields["is_staff"]) == (False, True)
    assert fields["groups"] == ["Authors", "Moderators", "gardener"]


def test_only_groups_that_bloggy_has_not_are_new():
    held = given_by("roles", "admin", "moderator", "viewer", "gardener", "Moderators")

    assert held.new_groups() == ["Moderators (old)", "gardener"]


def test_a_role_without_a_name_and_a_membership_of_nobody_are_set_aside():
    held = given_by("roles", "admin")
    unnamed = row_of("roles", id=2, name=" ")
    nobodys = row_of("user_roles", id=3, user=99, role=1)
    nothing = row_of("user_roles", id=4, user=1, role=99)

    grants.take_role(unnamed, "roles", held)
    for row in (nobodys, nothing):
        grants.take_membership(row, "roles", held, survey_of())

    assert reasons(unnamed) == [Reason.ROLE_UNNAMED]
    assert nobodys.notes == [(Reason.USER_MISSING, "99")]
    assert nothing.notes == [(Reason.ROLE_MISSING, "99")]


def test_the_role_of_readers_and_its_members_are_set_aside():
    held = grants.Grants()
    role, membership = row_of("roles", id=1, name="viewer"), row_of("user_roles", id=2, user=1, role=1)

    grants.take_role(role, "roles", held)
    grants.take_membership(membership, "roles", held, survey_of())

    assert reasons(role) == reasons(membership) == [Reason.ROLE_NOT_NEEDED]


@pytest.mark.parametrize("columns", [("user", "role"), ("user_id", "role_id"), ("USER", "Role")])
def test_a_membership_is_read_whatever_its_columns_are_called(columns):
    held = grants.Grants()
    grants.take_role(row_of("roles", id=5, name="admin"), "roles", held)

    grants.take_membership(row_of("user_roles", **dict(zip(columns, (1, 5), strict=True))), "roles", held, survey_of())

    assert held.of(1) == {grants.ADMIN}


def test_an_account_that_is_merged_gives_its_roles_to_nobody():
    held = given_by("roles", "admin")
    survey = survey_of(users={1}, merged={2: 1})
    row = row_of("user_roles", id=9, user=2, role=1)

    grants.take_membership(row, "roles", held, survey)

    assert reasons(row) == [Reason.USER_MISSING]
