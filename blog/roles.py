"""Who may do what in the admin: each group and its rights. The one place that says so."""

from django.apps import apps as installed

AUTHORS, EDITORS, MODERATORS = "Authors", "Editors", "Moderators"
# Group -> model -> actions. Authors handle their own posts only: see own_posts_only().
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


def own_posts_only(user):
    """Tell whether a user may handle no posts but the own ones."""
    return not user.has_perm("blog.edit_any_post")


def bring_in_line(using, apps=installed, **kwargs):
    """Make each group exist with exactly its rights.

    Runs after every migrate and flush: a data migration finds no permissions on a fresh
    database, and a flush would lose the groups.
    """
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for name, models in RIGHTS.items():
        codenames = [f"{action}_{model}" for model, actions in models.items() for action in actions]
        group, _created = Group.objects.using(using).get_or_create(name=name)
        rights = Permission.objects.using(using).filter(content_type__app_label="blog", codename__in=codenames)
        group.permissions.set(rights)
