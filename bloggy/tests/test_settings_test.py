"""What tests run with: few connections, so that many runs can share one server, and the version asked for."""

import runpy
import sys
from unittest import mock

import pytest
from django.db import connection

from bloggy.tests.processes import ROOT


def test_no_connection_is_kept():
    assert connection.settings_dict["CONN_MAX_AGE"] == 0


def test_a_gunicorn_that_tests_start_holds_four_connections_at_most(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "set by gunicorn.conf.py else, and left behind")

    with mock.patch.dict(sys.modules):  # from which it takes all of Bloggy
        configuration = runpy.run_path(str(ROOT / "bloggy" / "gunicorn.conf.py"))

    assert configuration["workers"] * configuration["threads"] == 4


@pytest.mark.django_db
def test_the_tests_own_server_is_of_the_version_asked_for(request, settings):
    version = connection.pg_version // 10_000

    assert settings.TEST_DATABASE_URL or str(version) == request.config.getoption("postgres")
