"""System checks: what an operator should know before the blog goes live."""

from django.conf import settings
from django.core.checks import Error, Info, Tags, register
from django.db import OperationalError, connections

from bloggy.database import explain


@register(deploy=True)
def mail_is_sent(app_configs, **kwargs):
    """Tell that no mail leaves the blog; an Info, for a blog may do without."""
    if settings.SENDS_MAIL:
        return []
    hint = "Set EMAIL_URL (docs/configuration.md). Without it a forgotten password cannot be reset by mail."
    return [Info("No mail is sent: EMAIL_URL is not set.", hint=hint, id="bloggy.I001")]


@register(Tags.database)
def database_answers(app_configs, databases=None, **kwargs):
    """Tell which of the databases cannot be used, and why: for `manage.py check --database default`."""
    found = []
    for alias in databases or ():
        try:
            connections[alias].ensure_connection()
        except OperationalError as error:
            what, advice = explain(error, connections[alias].settings_dict).split("\n")
            found.append(Error(what, hint=advice, id="bloggy.E001"))
    return found
