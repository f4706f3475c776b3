"""Management commands, whose failures an operator can mend end with one line instead of a traceback."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError, connection

from bloggy.database import explain, is_outage, parse
from bloggy.env import Environment

# What needs a session of its own, or moves everything at once: it goes around a pooler.
DIRECT = ("migrate", "loaddata", "dumpdata", "flush", "import_sqlite", "verify_sqlite")
# What would wrap the error in words of its own, or print it with a traceback: it is told beforehand.
ASKED_FIRST = ("dumpdata", "runserver")


def run(argv):
    """Run a command line such as ["manage.py", "migrate"]; raises SystemExit with the reason where it can't run."""
    variable = "DATABASE_URL"
    if hasattr(sys.stdout, "reconfigure"):  # an odd name or a dash must not end a command that has done its work
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        if argv[1:2] and argv[1] in DIRECT:
            variable = go_direct()
        if argv[1:2] and argv[1] in ASKED_FIRST and not {"-h", "--help"} & {*argv}:
            connection.ensure_connection()
            connection.close()
        execute_from_command_line(argv)
    except ImproperlyConfigured as error:
        sys.exit(f"{argv[0]}: {error}")
    except KeyboardInterrupt:
        sys.exit(f"\n{argv[0]}: stopped.")
    except DatabaseError as error:
        if not is_outage(error) or "--traceback" in argv:
            raise
        sys.exit(f"{argv[0]}: {explain(error, connection.settings_dict, variable)}")


def go_direct():
    """Let DATABASE_DIRECT_URL, where it is set, take the place of DATABASE_URL; return the variable that counts.

    To be called before the settings are read.
    """
    url = Environment().text("DATABASE_DIRECT_URL")
    if not url:
        return "DATABASE_URL"
    parse(url, "DATABASE_DIRECT_URL")
    os.environ.pop("DATABASE_URL_FILE", None)
    os.environ |= {"DATABASE_URL": url, "DB_PGBOUNCER": "false"}
    return "DATABASE_DIRECT_URL"
