"""System checks of the blog."""

from django.core.checks import Info, Tags, register
from django.core.management.base import CommandError
from django.db import Error

from blog.rerendering import to_render


@register(Tags.compatibility, deploy=True)
def posts_are_as_rendered_today(app_configs, **kwargs):
    """Count the posts of an older renderer; an Info, for readers see them well, only without what is new.

    Nothing is said where the database is away or not migrated. Not tagged as a check of
    databases: such a one is told of none unless `--database` names it.
    """
    try:
        count = to_render().count()
    except (Error, CommandError):  # the latter from bin/run's own server, if it can't be started
        return []
    if not count:
        return []
    return [Info(f"Posts that an older Bloggy rendered: {count}.", hint="Run manage.py render_posts.", id="blog.I001")]
