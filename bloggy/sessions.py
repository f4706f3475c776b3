"""Sessions in the database, as Django keeps them."""

from datetime import UTC, datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import InterfaceError, InternalError, OperationalError
from django.utils import timezone

from bloggy.prepared import Prepared


def living(key, now):
    """Return the data of the session of a key, unless it has ended by now."""
    return Session.objects.filter(session_key=key, expire_date__gt=now).values_list("session_data", flat=True)


the_session_data = Prepared(living, "example", datetime(1970, 1, 1, tzinfo=UTC))


class SessionStore(db.SessionStore):
    """Takes a key that Django never makes for none: PostgreSQL refuses a NUL, and a cookie may hold one.

    And tells an outage from a session that was deleted meanwhile, which Django's calls both by one name.
    """

    def load(self):
        """Return what the session holds, as Django's does, by a query that is Prepared."""
        data = the_session_data.first(self.session_key, timezone.now())
        if data is None:
            self._session_key = None
        return self.decode(data) if data else {}

    def save(self, must_create=False):
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, (OperationalError, InterfaceError, InternalError)):
                raise error.__context__ from error.__context__.__cause__
            raise

    def _validate_session_key(self, key):
        return super()._validate_session_key(key) and key.isascii() and key.isalnum()
