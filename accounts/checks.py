"""System checks of accounts."""

from django.core.checks import Tags, Warning, register
from django.core.management.base import CommandError
from django.db import Error

from accounts.hardening import with_old_hash


@register(Tags.security, deploy=True)
def no_old_hash_is_bare(app_configs, **kwargs):
    """Count password hashes of the old Bloggy; nothing is said where the database is away or not migrated.

    Not tagged as a check of databases: such a one is told of none unless `--database` names it.
    """
    try:
        count = with_old_hash().count()
    except (Error, CommandError):  # the latter from bin/run's own server, if it can't be started
        return []
    if not count:
        return []
    what = f"Accounts with a password hash of the old Bloggy, which is quick to guess: {count}."
    return [Warning(what, hint="Run manage.py harden_passwords; every password goes on working.", id="accounts.W001")]
