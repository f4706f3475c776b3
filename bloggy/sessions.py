"""Sessions in the database, as Django keeps them."""

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Takes a key that Django never makes for none: PostgreSQL refuses a NUL, and a cookie may hold one."""

    def _validate_session_key(self, key):
        return super()._validate_session_key(key) and key.isascii() and key.isalnum()
