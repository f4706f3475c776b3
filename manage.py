#!/usr/bin/env python3
"""Bloggy's command line."""

import os
import sys


def main():
    """Run a management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bloggy.settings")
    try:
        from bloggy.commandline import run
    except ImportError as error:
        sys.exit(f"{error}. Run bin/run once: it installs what Bloggy needs into .venv.")
    run(sys.argv)


if __name__ == "__main__":
    main()
