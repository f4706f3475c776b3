"""gunicorn's configuration: as many threads as the pool has connections, and no start or reload that cannot succeed."""

import os
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path

import psycopg
from django.core.exceptions import ImproperlyConfigured

from bloggy.env import Environment

ROOT = Path(__file__).resolve().parent.parent
try:
    from bloggy import database, settings

    env = Environment()
    port = env.number("PORT", 8000, 1, 65535)
    forwarded_allow_ips = env.text("FORWARDED_ALLOW_IPS", "127.0.0.1")
    try:
        for address in forwarded_allow_ips.split(","):
            address.strip() == "*" or ip_network(address.strip())
    except ValueError:
        raise ImproperlyConfigured("FORWARDED_ALLOW_IPS must be IP addresses, separated by commas, or *.") from None
except ImproperlyConfigured as error:
    sys.exit(f"gunicorn: {error}")

# Workers read the settings anew: without a key of the operator's they would each make one of their own.
if not os.environ.get("SECRET_KEY_FILE"):
    os.environ["SECRET_KEY"] = settings.SECRET_KEY
# Workers are copies of this process: what it keeps of Bloggy, they would not read anew after a reload.
for name in [name for name in sys.modules if name.partition(".")[0] == "bloggy"]:
    del sys.modules[name]

bind = f"127.0.0.1:{port}"
worker_class = "bloggy.worker.Worker"  # gthread, with fair shares and an end that loses no request
# A thread holds at most one connection, so an instance never holds more than DB_POOL_SIZE.
workers = settings.WEB_CONCURRENCY
threads = settings.DB_POOL_SIZE // workers
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # the heartbeat must not wait for a disk
control_socket_disable = True  # two instances of one user would meet at one path
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}
forwarder_headers = ""  # else a client's SCRIPT_NAME header moves every link of a page
graceful_timeout = 20  # seconds
limit_request_line = 8190


def on_starting(server):
    """End a start that exceeds the pool or has no database with the reason; workers could only answer 503."""
    if server.cfg.workers * server.cfg.threads > settings.DB_POOL_SIZE:
        sys.exit(
            f"gunicorn: {server.cfg.workers} workers with {server.cfg.threads} threads each need more connections than "
            f"DB_POOL_SIZE ({settings.DB_POOL_SIZE}): leave --workers and --threads out, or raise DB_POOL_SIZE."
        )
    reload = server.reload
    server.reload = lambda: reload() if can_reload(server.log) else None
    server.handle_ttin = lambda: server.log.warning("No worker more: DB_POOL_SIZE and WEB_CONCURRENCY count them.")
    config = settings.DATABASES["default"]
    if config["ENGINE"] != "bloggy.postgresql":
        return  # bin/run's server, which the first connection starts
    try:
        with database.connect(config) as connection:
            if not settings.PRODUCTION:
                server.log.info("%s, at most %s connections.", database.describe(connection), settings.DB_POOL_SIZE)
    except psycopg.OperationalError as error:
        sys.exit(f"gunicorn: {database.explain(error, config)}")


def can_reload(log):
    """Tell whether the code and the settings as they are now can be started: gunicorn would end the service if not."""
    command = [sys.executable, "-m", "gunicorn", "--check-config", "--config", __file__, "bloggy.trial"]
    try:
        subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        reasons = [line for line in said.splitlines() if line.strip() and "System check identified" not in line]
        log.error("Not reloaded: the service goes on as it was. %s", reasons[-1])
        return False
    return True


def child_exit(server, worker):
    """Let the others take no account of a worker that is gone, however it ended."""
    if hasattr(worker, "leave"):  # --worker-class may name another one
        worker.leave()
