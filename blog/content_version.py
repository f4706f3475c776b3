"""The content's version: whether anything that readers see has changed since a page was made.

Triggers (migration 0007) add 1 to a row of the table `content_version` in each transaction that changes something.
The version is the sum of its rows, with the date of the next scheduled post (migration 0010): that one is due is a
change that nobody makes, and then another is the next, or none. It is part of what is committed, so it is seen exactly
when the change is seen, whoever made it.

Why there is no race: who makes a page reads the version first and the content afterwards. What is committed in between
gives a page newer than its version says, and the next reader, who finds another version, has it made anew. The other
way round an older page would stand under the new version until the next change. And who has an answer to a change has
it after the commit, so whoever asks later, anywhere, reads the new version.

A transaction holds one row of the table from its first change to its end. Others pass that row over and take the next
free one, or make one: a long import holds up no other writer, and is one step, seen when it is committed.

A replica that lags behind shows an older version with the content that belongs to it: its pages are as old as itself,
and no older. Readers who are led to several servers by turns have pages made anew each time, for the server's start is
part of the version. That is because one server's count can be another's past: a replica that takes over may have lost
the last changes, and counts on from there. For the same reason the numbers of the table and of the database are part
of it: a restored backup has another table, a copy of a database (CREATE DATABASE … TEMPLATE) is another database.
"""

from django.db import connection

from bloggy.shared import Shared

STATEMENT = "SELECT public.content_version()"


def content_version():
    """Return the version, a text to compare, and the seconds until the next scheduled post (None: there is none).

    It is one query of 0.1 ms, which needs no look beforehand at whether the connection is alive; requests that come at
    once share one that begins after all of them came. Raises OperationalError, after three seconds at the latest, where
    PostgreSQL doesn't answer.
    """
    # A transaction sees more than others do.
    (text,) = read_version() if connection.in_atomic_block else read_version_for_all()
    version, _bar, seconds = text.partition("|")
    return version, float(seconds) if seconds else None


def read_version():
    return connection.first_row(STATEMENT)  # not the ORM's matter: the counter has no model


read_version_for_all = Shared(read_version)
