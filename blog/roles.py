"""Who may do what, in the admin and on the pages: each group and its rights. The one place that says so."""

from enum import Enum

from django.apps import apps as installed
from django.db.models import Q

AUTHORS, EDITORS, MODERATORS = "Authors", "Editors", "Moderators"
# Group -> model -> actions. Which posts a group's members may handle: see reach().
RIGHTS = {
    AUTHORS: {
        "post": ("view", "add", "change", "delete"),
        "posttag": ("view", "add", "change", "delete"),
        "postslug": ("view", "delete"),
        "tag": ("view", "add"),
    },
    EDITORS: {
        "post": ("view", "add", "change", "delete", "edit_any"),
        "posttag": ("view", "add", "change", "delete"),
        "postslug": ("view", "delete"),
        "tag": ("view", "add", "change", "delete"),
        "comment": ("view", "change", "delete"),
    },
    MODERATORS: {"comment": ("view", "change", "delete")},
}


class Reach(Enum):
    """Which posts somebody may handle."""

    NONE = "none"
    OWN = "own"
    ALL = "all"


def codenames(group):
    """Return the names of the permissions of one of our groups."""
    return [f"{action}_{model}" for model, actions in RIGHTS[group].items() for action in actions]


def may(user, right):
    """Tell whether a user has a right such as "change_comment"; who isn't staff has none, whatever the groups."""
    return user.is_staff and user.has_perm(f"blog.{right}")


def reach(user):
    """Return the Reach of a user over posts."""
    if not may(user, "change_post"):
        return Reach.NONE
    return Reach.ALL if may(user, "edit_any_post") else Reach.OWN


def may_handle(user, post):
    """Tell whether a user may handle a post: see it as a draft, change it, delete it."""
    return {Reach.NONE: False, Reach.OWN: post.author_id == user.pk, Reach.ALL: True}[reach(user)]


def handled_posts(user):
    """Return the same rule as a condition for a query of posts."""
    nothing = Q(pk__in=[])
    return {Reach.NONE: nothing, Reach.OWN: Q(author=user.pk), Reach.ALL: ~nothing}[reach(user)]


def may_moderate(user):
    """Tell whether a user may hide and show comments."""
    return may(user, "change_comment")


def bring_in_line(using, apps=installed, **kwargs):
    """Make each group exist with exactly its rights.

    Runs after every migrate and flush: a data migration finds no permissions on a fresh
    database, and a flush would lose the groups.
    """
    try:
        Group = apps.get_model("auth", "Group")
        Permission = apps.get_model("auth", "Permission")
    except LookupError:  # there are none: the migrations were just reversed
        return
    for name in RIGHTS:
        group, _created = Group.objects.using(using).get_or_create(name=name)
        rights = Permission.objects.using(using).filter(content_type__app_label="blog", codename__in=codenames(name))
        group.permissions.set(rights)
