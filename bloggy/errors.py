"""Error reports: what the log tells at level ERROR goes to the Bugsink that SENTRY_DSN names, without personal data.

An event holds what is listed here and nothing else: no cookie, header, form, query, user, local variable or breadcrumb.
"""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from bloggy.logs import Outages, hide_database, redact

DSN = re.compile(r"(?i:https?)://\w{1,100}@([\w.-]{1,253}|\[[\da-f:.]+\])(:\d{1,5})?(/[\w.-]+)*/\d{1,18}", re.ASCII)
EVENT = ("event_id", "timestamp", "platform", "level", "logger", "environment", "sdk")
EXCEPTION = ("type", "module", "value", "mechanism")
FRAME = ("filename", "module", "function", "lineno", "in_app", "pre_context", "context_line", "post_context")
DATABASE_ERRORS = ("django.db", "psycopg")
QUOTED = re.compile(r'(: |value )"[^"]*"')  # what was typed, in what PostgreSQL says of data
# Statements, rows and parameters: with them come e-mail addresses, names and hashes of passwords.
DATA = re.compile(r"\n(?:DETAIL|CONTEXT|QUERY|LINE \d+):.*", re.DOTALL)


def checked(dsn, name="SENTRY_DSN"):
    """Return the DSN if it has the form of one or is empty; raise ImproperlyConfigured, never showing it, if not."""
    try:
        if not dsn or (DSN.fullmatch(dsn) and urlsplit(dsn).port != 0):
            return dsn
    except ValueError:  # a port or an address out of range
        pass
    raise ImproperlyConfigured(f"{name} must be a DSN as Bugsink shows it: https://KEY@HOST:PORT/PROJECT.")


def report(dsn, environment):
    """Send errors of this process from now on. Imports sentry-sdk, which costs nothing where nobody asks for it."""
    import sentry_sdk
    from sentry_sdk.integrations.atexit import AtexitIntegration
    from sentry_sdk.integrations.dedupe import DedupeIntegration
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration

    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        before_send=clean,
        # No other: those for Django and WSGI stand in the way of every request, to collect what is not sent.
        default_integrations=False,
        integrations=[
            LoggingIntegration(level=None, sentry_logs_level=None),  # no breadcrumbs; a page's 500 is a line of the log
            ExcepthookIntegration(),  # commands
            DedupeIntegration(),
            AtexitIntegration(callback=lambda pending, timeout: None),  # silent
        ],
        include_local_variables=False,
        max_breadcrumbs=0,
        max_value_length=2000,
        auto_session_tracking=False,
        enable_backpressure_handling=False,
        send_client_reports=False,
        shutdown_timeout=2,  # seconds
        # Else it asks git and the environment.
        release="",
        server_name="",
        debug=False,
        spotlight=False,
    )


outages = Outages(60)  # seconds between two reports of one, in each process


def clean(event, hint):
    """Return what may be sent of a sentry-sdk event, or None where nothing is to be."""
    record = hint.get("log_record")
    if record and not outages.filter(record):
        return None
    sent = _only(event, EVENT)
    if "exception" in event:
        sent["exception"] = {"values": [_exception(value) for value in event["exception"]["values"]]}
    if "logentry" in event:
        sent["logentry"] = _only(event["logentry"], ("message", "formatted"))
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest):
        sent["request"] = {"method": request.method, "url": settings.SITE_URL + request.path}
        if request.resolver_match:
            sent["transaction"] = request.resolver_match.view_name
    return _hide_all(sent)


def hide(text):
    """Return the text without e-mail addresses, secrets of reset links, data and whereabouts of the database."""
    return redact(hide_database(DATA.sub("", text.replace("%40", "@"))))


def _exception(value):
    sent = _only(value, EXCEPTION)
    if (sent.get("module") or "").startswith(DATABASE_ERRORS):
        # One line, in whichever language the rest may be.
        sent["value"] = QUOTED.sub(r'\1"…"', (sent.get("value") or "").partition("\n")[0])
    if frames := (value.get("stacktrace") or {}).get("frames"):
        sent["stacktrace"] = {"frames": [_only(frame, FRAME) for frame in frames]}
    return sent


def _only(mapping, names):
    return {name: mapping[name] for name in names if name in mapping}


def _hide_all(value):
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, dict):
        return {key: _hide_all(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_hide_all(item) for item in value]
    return value
