"""System checks: what an operator should know before the blog goes live."""

from django.conf import settings
from django.core.checks import Info, register


@register(deploy=True)
def mail_is_sent(app_configs, **kwargs):
    """Tell that no mail leaves the blog; an Info, for a blog may do without."""
    if settings.SENDS_MAIL:
        return []
    hint = "Set EMAIL_URL (docs/configuration.md). Without it a forgotten password cannot be reset by mail."
    return [Info("No mail is sent: EMAIL_URL is not set.", hint=hint, id="bloggy.I001")]
