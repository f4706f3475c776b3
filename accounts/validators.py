"""Rules for new passwords beside Django's."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MAX_PASSWORD = 1024  # characters; more is a mistake or an attack


class MaximumLengthValidator:
    def validate(self, password, user=None):
        """Raise ValidationError for a password that is too long for the log-in form."""
        if len(password) > MAX_PASSWORD:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self):
        return _("Your password can have at most %(limit)s characters.") % {"limit": MAX_PASSWORD}
