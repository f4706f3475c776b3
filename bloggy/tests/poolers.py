"""Debian's PgBouncer in transaction mode before a Server of the tests."""

import os
import subprocess
from contextlib import contextmanager

from bloggy.embedded_programs import prefix_for
from bloggy.tests.processes import ROOT, wait_until
from bloggy.tests.servers import PASSWORD, URL_PASSWORD, free_port, installed


@contextmanager
def pooling(server, folder, size):
    """Yield the URL of a PgBouncer with so many connections to the server, set as the one of the compose file."""
    port, users = free_port(), folder / "users"
    users.write_text(f'"bloggy" "{PASSWORD}"\n')
    shipped = (ROOT / "docker" / "pgbouncer" / "pgbouncer.ini").read_text()
    (folder / "pgbouncer.ini").write_text(
        shipped.replace("host=postgres port=5432", f"host=127.0.0.1 port={server.port}")
        + f"listen_addr = 127.0.0.1\nlisten_port = {port}\nauth_file = {users}\nlogfile = {folder}/log\n"
        f"default_pool_size = {size}\n"
    )
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
