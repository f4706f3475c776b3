"""gunicorn's configuration: as many threads as the pool has connections, and settings checked before the first fork."""

import os
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from bloggy.env import Environment

try:
    from bloggy import database, settings

    env = Environment()
    workers = env.number("WEB_CONCURRENCY", 2, 1, 64)
    pool = env.number("DB_POOL_SIZE", 20, 1, 1000)
    port = env.number("PORT", 8000, 1, 65535)
    if pool < workers:
        raise ImproperlyConfigured(f"DB_POOL_SIZE ({pool}) must be at least WEB_CONCURRENCY ({workers}).")
except ImproperlyConfigured as error:
    sys.exit(f"gunicorn: {error}")

# Workers read the settings anew: without a key of the operator's they would each make one of their own.
if not os.environ.get("SECRET_KEY_FILE"):
    os.environ["SECRET_KEY"] = settings.SECRET_KEY

bind = f"127.0.0.1:{port}"
worker_class = "gthread"
# A thread holds at most one connection, so an instance never holds more than DB_POOL_SIZE.
threads = pool // workers
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # the heartbeat must not wait for a disk
control_socket_disable = True  # two instances of one user would meet at one path
forwarded_allow_ips = env.text("FORWARDED_ALLOW_IPS", "127.0.0.1")
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}
forwarder_headers = ""  # else a client's SCRIPT_NAME header moves every link of a page
graceful_timeout = 20  # seconds
limit_request_line = 8190


def on_starting(server):
    """End a start without a database with the reason; workers, which connect later, could only answer 503."""
    config = settings.DATABASES["default"]
    if config["ENGINE"] == "bloggy.postgresql" and (error := database.connection_error(config)):
        sys.exit(f"gunicorn: {database.explain(error, config)}")
