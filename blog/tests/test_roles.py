import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from blog import roles

pytestmark = pytest.mark.django_db
AUTHORS_RIGHTS = {
    *("view_post", "add_post", "change_post", "delete_post", "view_tag", "add_tag", "view_postslug", "delete_postslug"),
    *("view_posttag", "add_posttag", "change_posttag", "delete_posttag"),
}


def rights(name):
    return set(Group.objects.get(name=name).permissions.values_list("codename", flat=True))


def test_each_group_has_exactly_its_rights():
    assert rights("Authors") == AUTHORS_RIGHTS
    assert rights("Moderators") == {"view_comment", "change_comment", "delete_comment"}
    assert {"edit_any_post", "change_tag", "delete_comment"} <= rights("Editors")


def test_migrating_brings_changed_groups_back_in_line_and_leaves_others_alone():
    Group.objects.get(name="Authors").permissions.add(Permission.objects.get(codename="delete_user"))
    Group.objects.get(name="Moderators").delete()
    other = Group.objects.create(name="Readers")
    other.permissions.add(Permission.objects.get(codename="view_post"))

    call_command("migrate", verbosity=0)

    assert rights("Authors") == AUTHORS_RIGHTS
    assert rights("Moderators") == {"view_comment", "change_comment", "delete_comment"}
    assert rights("Readers") == {"view_post"}


def test_every_right_names_a_permission():
    named = sum(len(actions) for models in roles.RIGHTS.values() for actions in models.values())

    assert sum(len(rights(name)) for name in roles.RIGHTS) == named
