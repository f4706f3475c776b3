#!/usr/bin/env python3
"""Bloggy's command line."""

import os
import sys


def main():
    """Run a management command; a setting that cannot work ends it with one line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bloggy.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError as error:
        sys.exit(f"{error}. Run bin/run once: it installs what Bloggy needs into .venv.")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"manage.py: {error}")


if __name__ == "__main__":
    main()
