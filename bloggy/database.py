"""DATABASE_URL as Django's DATABASES entry, checked part by part; and in words why a connection cannot be had."""

import re
from ipaddress import ip_address
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import dj_database_url
import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg.pq import Conninfo

from bloggy.resolver import in_time

ACCEPTED = "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, a socket's folder as ?host=/FOLDER"
# What libpq also takes as parameters, but Django keeps in keys of their own.
DJANGO_KEYS = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
# SQLSTATE classes and codes of a server that is gone, going, full, read-only or busy: worth trying again, unlike any
# other error.
OUTAGES = ("08", "25006", "25P03", "40P01", "53", "55P03", "57014", "57P0")

# What the server or libpq says -> what to do about it; the first that fits. The last one fits everything.
ADVICE = [
    (["is not known", "was not resolved"], "Correct the host in DATABASE_URL, or the machine's name service."),
    (["authentication failed", "no password supplied"], "Correct user and password in DATABASE_URL."),
    (["no pg_hba.conf entry"], "Let this user in from here in the server's pg_hba.conf, or correct DATABASE_URL."),
    (["SSL", "certificate"], "Give the server a certificate, or choose another sslmode in DATABASE_URL."),
    (
        ["too many clients", "remaining connection slots", "too many connections"],
        "Lower DB_POOL_SIZE or the number of instances, or raise the server's max_connections.",
    ),
    (['" does not exist', "no such database"], "Create it (createuser, createdb), or correct DATABASE_URL."),
    (
        ["invalid", "definition of service", "could not parse", "may not be used", "GSSAPI"],
        "Correct the parameters in DATABASE_URL.",
    ),
    (["starting up", "shutting down", "in recovery mode"], "Wait a moment and try again."),
    (["No space left", "temp_file_limit", "could not extend"], "Give the server's disk room, then run it again."),
    (["read-only transaction"], "This server or database is read-only: name the one that is written to."),
    (["lock timeout", "deadlock"], "Something else holds what this needs: run it again."),
    (["query_wait_timeout", "server_login_retry"], "PgBouncer runs, but cannot reach PostgreSQL: start that."),
    (
        ["statement timeout"],
        "The role's statement_timeout ended it: let it have more time, with ?options=-c%20statement_timeout%3D0 in "
        "DATABASE_URL.",
    ),
    (["timeout", "in time", "no answer"], "Check host, port and firewall; DB_CONNECT_TIMEOUT says how long to wait."),
    (["FATAL", "authentication method", "session is"], "Correct the parameters in DATABASE_URL."),
    ([""], "Start it, or correct host and port in DATABASE_URL."),
]


def parse(url, name="DATABASE_URL"):
    """Return the DATABASES entry that a PostgreSQL URL stands for.

    Takes a libpq URI (https://www.postgresql.org/docs/16/libpq-connect.html#LIBPQ-CONNSTRING-URIS) with one
    host; every parameter must be one of libpq's. Raises ImproperlyConfigured with one line that names
    the variable and never shows the password.
    """
    scheme = url.partition("://")[0].lower() if "://" in url else ""
    if scheme not in ("postgres", "postgresql"):
        raise _refused(name, f"only PostgreSQL is supported, not {scheme[:20]}://" if scheme.isalnum() else "not a URL")
    if "%00" in url:
        raise _refused(name, "PostgreSQL knows no NUL character (%00)")
    if not url.isprintable() or " " in url:
        raise _refused(name, "a space or control character must be percent-encoded")
    if "#" in url:
        raise _refused(name, "a # must be percent-encoded (%23)")
    try:
        unquote(url, errors="strict")
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused(name, "the host or port cannot be read; percent-encode odd letters in the password") from None
    if "@" in parts.path + parts.query:  # so the password holds a / or a ?, and what follows it must not be shown
        raise _refused(name, "odd letters in the password, and an @ after the host, must be percent-encoded")
    if port == 0:
        raise _refused(name, "the port must be from 1 to 65535")
    parameters = _parameters(name, parts.query)
    netloc, parts_host = _without_socket_folder(parts.netloc)
    if parts_host:
        parameters.setdefault("host", parts_host)
    config = dj_database_url.parse(urlunsplit((scheme, netloc, parts.path, "", "")))
    for parameter, key in DJANGO_KEYS.items():
        if parameter in parameters:
            config[key] = parameters.pop(parameter)
    if not config["NAME"] or "/" in config["NAME"]:
        raise _refused(name, "the database's name is missing or cannot be read")
    if not (config["HOST"] or "hostaddr" in parameters or "service" in parameters):
        raise _refused(name, "the host is missing")
    if not re.fullmatch("[1-9]|[1-5][0-9]|60", parameters.get("connect_timeout", "1")):
        raise _refused(name, "connect_timeout must be from 1 to 60 (seconds)")
    if "," in parameters.get("hostaddr", "") or ("," in config["HOST"] and not config["HOST"].startswith("/")):
        raise _refused(name, "it names several hosts, and may name one")
    if not re.fullmatch("[0-9]{1,5}", str(config["PORT"] or 5432)) or not 0 < int(config["PORT"] or 5432) < 65536:
        raise _refused(name, "the port must be from 1 to 65535")
    return config | {"OPTIONS": parameters}


def is_local(config):
    """Tell whether a DATABASES entry names a server on this machine (a socket or the loopback address)."""
    host = config["HOST"] or config["OPTIONS"].get("hostaddr", "")
    if host.startswith("/") or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def url_of_socket(folder, database, user):
    """Return the URL of a database behind the socket in a folder."""
    return f"postgresql:///{quote(database)}?" + urlencode({"host": folder, "user": user}, quote_via=quote)


def is_outage(error):
    """Tell whether a database error means that the server is away, and not that the statement is wrong.

    Decided by SQLSTATE (https://www.postgresql.org/docs/16/errcodes-appendix.html); an error
    without one comes from the client: no connection, or one that was lost, or else a value that it can't read.
    """
    cause = error.__cause__ or error
    state = getattr(cause, "sqlstate", None)
    return not isinstance(cause, psycopg.DataError) if state is None else state.startswith(OUTAGES)


def in_short(error):
    """Return why the server cannot be used in words that everybody may read."""
    said = str(error)
    if any(sign in said for sign in ("authentication", "password", "does not exist", "pg_hba", "not permitted")):
        return "PostgreSQL refuses the log-in"
    if any(sign in said for sign in ("too many", "remaining connection slots")):
        return "PostgreSQL has no free connection"
    if any(sign in said for sign in ("starting up", "shutting down", "in recovery mode")):
        return "PostgreSQL is starting or stopping"
    return "PostgreSQL does not answer"


def connect(config):
    """Return a connection to the server of a DATABASES entry.

    Raises psycopg.OperationalError when there is none within connect_timeout and two seconds.
    """
    keys = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    params = {keys[key]: config[key] for key in keys if config.get(key)} | config["OPTIONS"]
    return psycopg.connect(**in_time(params))


def connection_error(config):
    """Return why no connection to the server of a DATABASES entry can be had, as an exception, or None."""
    try:
        connect(config).close()
    except psycopg.OperationalError as error:
        return error
    return None


def describe(connection):
    """Return in a few words which server a connection leads to, in which version, and whether it is encrypted."""
    info = connection.info
    encrypted = "TLS" if connection.pgconn.ssl_in_use else "no TLS"
    version = info.parameter_status("server_version")
    return f"PostgreSQL {version} at {info.host}:{info.port}, database {info.dbname}, user {info.user}, {encrypted}"


def explain(error, config, name="DATABASE_URL"):
    """Return in two lines what happened with which server, and what to do; never a password.

    name is the variable that the DATABASES entry comes from.
    """
    host, port = config["HOST"] or config["OPTIONS"].get("hostaddr", ""), config["PORT"] or 5432
    where = f"{_one_line(host)}:{port}"
    whose = f"database {_one_line(config['NAME'])}, user {_one_line(config['USER']) or 'not given'}"
    said = _one_line(error, 300)
    advice = next(advice for signs, advice in ADVICE if any(sign in said for sign in signs))
    what = f"PostgreSQL at {where} cannot be used ({whose}): {said}"
    return f"{what}\n{advice.replace('DATABASE_URL', name)} See docs/configuration.md#troubleshooting."


def _one_line(text, length=100):
    return " ".join(str(text).split())[:length]


def _refused(name, reason):
    return ImproperlyConfigured(f"{name}: {reason}. Accepted: {ACCEPTED}.")


def _parameters(name, query):
    """Return the URL's parameters as a dict, each one known to libpq and given once."""
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    parameters = {}
    for parameter, value in parse_qsl(query.replace("+", "%2B"), keep_blank_values=True):
        if parameter not in known:
            shown = f" {parameter}" if re.fullmatch("[a-z_]{1,40}", parameter) else ""  # no part of a password
            raise _refused(name, f"libpq has no parameter{shown}")
        if parameter in parameters:
            raise _refused(name, f"the parameter {parameter} is given twice")
        parameters[parameter] = value
    return parameters


def _without_socket_folder(netloc):
    """Split off a percent-encoded folder that stands as the host: urlsplit would change its case."""
    login, at, place = netloc.rpartition("@")
    host, colon, port = place.partition(":")
    if not host.lower().startswith("%2f"):
        return netloc, ""
    return f"{login}{at}{colon}{port}", unquote(host)
