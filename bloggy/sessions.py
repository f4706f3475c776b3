"""Sessions in the database, as Django keeps them."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import InterfaceError, InternalError, OperationalError


class SessionStore(db.SessionStore):
    """Takes a key that Django never makes for none: PostgreSQL refuses a NUL, and a cookie may hold one.

    And tells an outage from a session that was deleted meanwhile, which Django's calls both by one name.
    """

    def save(self, must_create=False):
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, (OperationalError, InterfaceError, InternalError)):
                raise error.__context__ from error.__context__.__cause__
            raise

    def _validate_session_key(self, key):
        return super()._validate_session_key(key) and key.isascii() and key.isalnum()
