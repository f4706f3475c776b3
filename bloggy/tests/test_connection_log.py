"""What the log says of connections: in development where they lead, in production nothing."""

import re

import pytest
from django.db import connection

from bloggy.tests import databases
from bloggy.tests.sites import serving

START = r"\[INFO\] PostgreSQL 1\d\.\d+ at \S+:\d+, database \S+, user \S+, no TLS, at most 8 connections\."


@pytest.fixture
def url(transactional_db):
    return databases.url_of(connection.settings_dict)


def test_development_says_once_where_its_database_is_and_with_debug_of_each_connection(url, tmp_path):
    with serving(url, tmp_path, DEBUG="true") as site:
        log = site.log.read_text()

    assert len(re.findall(START, log)) == 1
    assert re.search(r"DEBUG bloggy\.postgresql\.base: New connection: PostgreSQL \S+ at \S+, database", log)


def test_without_debug_connections_are_not_told(url, tmp_path):
    with serving(url, tmp_path) as site:
        log = site.log.read_text()

    assert len(re.findall(START, log)) == 1
    assert "New connection" not in log


def test_production_says_nothing_of_its_database(url, tmp_path):
    with serving(url, tmp_path, BLOGGY_ENV="production") as site:
        assert site.ask("/").status == 200
        log = site.log.read_text()

    assert "PostgreSQL" not in log
    assert connection.settings_dict["NAME"] not in log
