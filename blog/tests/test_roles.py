import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from blog import roles
from blog.models import Post
from blog.tests.factories import PostFactory, UserFactory

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


@pytest.mark.parametrize(
    ("account", "handles_own", "handles_other", "moderates"),
    [
        ({}, False, False, False),
        ({"is_staff": True}, False, False, False),
        ({"groups": ["Authors", "Editors", "Moderators"]}, False, False, False),  # the staff flag was cleared
        ({"is_staff": True, "groups": ["Authors"]}, True, False, False),
        ({"is_staff": True, "groups": ["Editors"]}, True, True, True),
        ({"is_staff": True, "groups": ["Moderators"]}, False, False, True),
        ({"is_staff": True, "groups": ["Authors", "Moderators"]}, True, False, True),
        ({"is_superuser": True}, False, False, False),
        ({"superuser": True}, True, True, True),
        ({"superuser": True, "is_active": False}, False, False, False),
    ],
)
def test_the_rule_is_the_same_for_one_post_and_for_a_query(account, handles_own, handles_other, moderates):
    user = UserFactory(**account)
    own, other = PostFactory(author=user), PostFactory()

    handled = set(Post.objects.editable_by(user))

    assert [own in handled, other in handled] == [handles_own, handles_other]
    assert [roles.may_handle(user, post) for post in (own, other)] == [handles_own, handles_other]
    assert roles.may_moderate(user) == moderates
