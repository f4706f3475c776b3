"""Django's PostgreSQL backend on bin/run's own server: the first connection of a process starts or joins it."""

import shutil
import sys
from functools import cache

from django.core.management.base import CommandError
from django.db.backends.postgresql import client

from bloggy import embedded
from bloggy.embedded_programs import program
from bloggy.postgresql import base


@cache
def join_server():
    """Start or join the server in var/postgres and say so, once in a process; raise CommandError if it can't run."""
    try:
        embedded.start()
    except embedded.EmbeddedError as error:
        raise CommandError(error) from error
    print("DATABASE_URL is not set: using bin/run's PostgreSQL in var/postgres.", file=sys.stderr)


class DatabaseClient(client.DatabaseClient):
    executable_name = "psql"

    @classmethod
    def settings_to_cmd_args_env(cls, settings_dict, parameters):
        (_psql, *arguments), environment = super().settings_to_cmd_args_env(settings_dict, parameters)
        return [shutil.which("psql") or str(program("psql")), *arguments], environment

    def runshell(self, parameters):
        join_server()
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient

    def get_new_connection(self, conn_params):
        join_server()
        return super().get_new_connection(conn_params)
