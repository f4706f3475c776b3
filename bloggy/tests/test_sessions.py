import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError, connection, connections

from bloggy.sessions import SessionStore


@pytest.fixture
def session(transactional_db):
    session = SessionStore()
    session["a"] = 1
    session.create()
    return session


def test_an_outage_while_a_session_is_saved_is_told_from_its_deletion(session):
    other = connections.create_connection("default")
    with other.cursor() as locking, connection.cursor() as cursor:
        other.set_autocommit(False)
        locking.execute("LOCK TABLE django_session")
        cursor.execute("SET lock_timeout = '100ms'")

        with pytest.raises(OperationalError, match="lock timeout"):
            session.save()
    other.rollback()
    other.close()
    connection.close()


def test_a_session_that_was_deleted_meanwhile_stays_so(session):
    SessionStore(session.session_key).delete()

    with pytest.raises(UpdateError):
        session.save()
