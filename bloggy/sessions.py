"""Sessions in the database, as Django keeps them."""

from datetime import UTC, datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import InterfaceError, InternalError, OperationalError
from django.utils import timezone

from bloggy.prepared import Prepared

the_session = Prepared(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    "example",
    datetime(1970, 1, 1, tzinfo=UTC),
)


class SessionStore(db.SessionStore):
    """Takes a key that Django never makes for none: PostgreSQL refuses a NUL, and a cookie may hold one.

    And tells an outage from a session that was deleted meanwhile, which Django's calls both by one name.
    """

    def _get_session_from_db(self):
        found = the_session(self.session_key, timezone.now())
        if found:
            return found[0]
        self._session_key = None

    def save(self, must_create=False):
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, (OperationalError, InterfaceError, InternalError)):
                raise error.__context__ from error.__context__.__cause__
            raise

    def _validate_session_key(self, key):
        return super()._validate_session_key(key) and key.isascii() and key.isalnum()
