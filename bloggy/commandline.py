"""Management commands, whose failures an operator can mend end with one line instead of a traceback."""

import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, connection

from bloggy.database import explain, is_outage


def run(argv):
    """Run a command line such as ["manage.py", "migrate"]; raises SystemExit with the reason where it can't run."""
    try:
        execute_from_command_line(argv)
    except ImproperlyConfigured as error:
        sys.exit(f"{argv[0]}: {error}")
    except OperationalError as error:
        if not is_outage(error) or "--traceback" in argv:
            raise
        sys.exit(f"{argv[0]}: {explain(error, connection.settings_dict)}")
