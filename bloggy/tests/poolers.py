"""Debian's PgBouncer in transaction mode before a Server of the tests."""

import os
import subprocess
from contextlib import contextmanager

from bloggy.embedded_programs import prefix_for
from bloggy.tests.processes import wait_until
from bloggy.tests.servers import PASSWORD, URL_PASSWORD, free_port, installed


@contextmanager
def pooling(server, folder, size):
    """Yield the URL of a PgBouncer with so many connections to the server; its admin console is the database pgbouncer.

    It is set as docs/operations.md has it.
    """
    port = free_port()
    (folder / "users").write_text(f'"bloggy" "{PASSWORD}"\n')
    (folder / "pgbouncer.ini").write_text(f"""
        [databases]
        bloggy = host=127.0.0.1 port={server.port}
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = {port}
        unix_socket_dir =
        auth_type = scram-sha-256
        auth_file = {folder}/users
        admin_users = bloggy
        pool_mode = transaction
        default_pool_size = {size}
        max_client_conn = 200
        server_login_retry = 1
        query_wait_timeout = 5
        logfile = {folder}/log
    """)
    command = [*prefix_for(folder), installed("pgbouncer", "pgbouncer"), "pgbouncer.ini"]
    environment = os.environ | {"PATH": f"{os.environ['PATH']}:/usr/sbin"}
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.DEVNULL)
    url = f"postgresql://bloggy:{URL_PASSWORD}@127.0.0.1:{port}/bloggy"
    try:
        wait_until(lambda: "process up" in (folder / "log").read_text() if (folder / "log").exists() else False)
        yield url
    finally:
        process.kill()
        process.wait()
