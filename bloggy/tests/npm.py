"""What npm installed for the tests, see package.json."""

import os

import pytest

from bloggy.tests.processes import ROOT


def package_file(path):
    """Return the path of a file of an npm package; skip the test without it, or fail it where CI is set."""
    if not (file := ROOT / "node_modules" / path).exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"node_modules/{path} is missing: npm ci")
    return file
