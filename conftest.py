"""Fixtures of every test: a PostgreSQL of the tests' own, and Chromium before a running gunicorn."""

import gc
import os
import signal
from pathlib import Path

import hypothesis
import jinja2
import psutil
import pytest

from bloggy import embedded_programs

CHROMIUM, SHELL = Path("/usr/bin/chromium"), Path("/usr/bin/chromium-headless-shell")
WAIT = 15_000  # milliseconds for what a page shows or does, on a busy machine
CHROMIUM_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def pytest_addoption(parser):
    help = "the version of the throw-away PostgreSQL: 16 (default) or 18"
    parser.addoption("--postgres", choices=list(embedded_programs.VERSIONS), default="16", help=help)


def pytest_configure(config):
    """Let SIGTERM clean up just as Ctrl-C does; a terminal sends that one to pytest-xdist's workers too, so we do."""
    has_workers = config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput")

    def stop(number, frame):
        for worker in psutil.Process().children() if has_workers else ():
            worker.send_signal(signal.SIGINT)
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    embedded_programs.version = config.getoption("postgres")
    # Time says how busy the machine is, not whether a property holds.
    slow = [hypothesis.HealthCheck.too_slow]
    hypothesis.settings.register_profile("busy machine", deadline=None, suppress_health_check=slow)
    hypothesis.settings.load_profile("busy machine")


def pytest_collection_finish():
    """Keep the garbage collector from looking at all that tests load, again and again: a sixth of the time."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter, config):
    if config.option.markexpr == "not faults":
        terminalreporter.write_line("Left out: the tests marked faults. They run with: bin/test -m faults")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request, django_db_modify_db_settings_parallel_suffix):
    """Start or join the test server, once a test asks for the database, and name this run's own database there.

    The value is what the names of all runs' databases start with.
    """
    from django.conf import settings
    from django.db import connection

    from bloggy import embedded
    from bloggy.tests import databases

    entry = connection.settings_dict
    if not settings.TEST_DATABASE_URL:
        version = request.config.getoption("postgres")
        folder = "postgres-test" if version == "16" else f"postgres-test-{version}"
        try:
            embedded.start(folder, embedded.FAST)
        except embedded.EmbeddedError as error:
            pytest.exit(str(error), returncode=1)
        entry["HOST"] = str(embedded.socket_dir(embedded.VAR / folder))
    base, keep = entry["NAME"], request.config.getvalue("reuse_db")
    entry["NAME"] = "postgres"
    name = databases.name_for(request.config, base)
    with databases.claimed(name, base, connection.get_connection_params(), keep) as claim:
        entry["NAME"] = claim.info.dbname  # where Django says CREATE DATABASE
        # Not template1: another run may be connected to it.
        entry["TEST"] |= {"NAME": name, "TEMPLATE": "template0", "CHARSET": "UTF8"}
        databases.empty_by_delete(connection)
        yield base
        connection.close()


@pytest.fixture(scope="session")
def django_db_keepdb():
    """Let Django keep the database: who claimed it drops it, even with connections that a test left open."""
    return True


@pytest.fixture(scope="session", autouse=True)
def contexts_of_pages():
    """Let the test client tell which templates a page is made of and with what, as it does for Django's own."""
    from django.test.signals import template_rendered

    from blog.jinja import PageTemplate

    def render(template, *args, **values):
        context = dict(*args, **values)
        template_rendered.send(sender=template, template=template, context=context)
        return jinja2.Template.render(template, context)

    PageTemplate.render = render
    yield
    del PageTemplate.render


@pytest.fixture(scope="session")
def browser():
    """Chromium, or its shell where that is installed: without windows it costs a third.

    Where Chromium is missing the tests are skipped; in continuous integration (CI is set) they fail.
    """
    from django.db import connections
    from playwright.sync_api import expect, sync_playwright

    if not CHROMIUM.exists():
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing(f"{CHROMIUM} is missing: apt install chromium")
    expect.set_options(timeout=WAIT)
    program = SHELL if SHELL.exists() else CHROMIUM
    connections.close_all()  # beside its event loop Django forgets the ones before it, and they would stay open
    with sync_playwright() as playwright:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright leaves an event loop in this thread
        chromium = playwright.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def whole_browser(browser):
    """Chromium as a reader has it: its shell never asks for a page's icon."""
    chromium = browser.browser_type.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def mailbox():
    """A real SMTP server, to which the site sends; `mails` are the ones it took."""
    from accounts.tests.mailbox import open_mailbox

    with open_mailbox() as box:
        yield box


@pytest.fixture(scope="session")
def site_log(tmp_path_factory):
    """The file of what the site logs."""
    return tmp_path_factory.mktemp("gunicorn") / "log"


@pytest.fixture(scope="session")
def site(django_db_setup, mailbox, site_log):
    """Serve the test database with gunicorn, as bin/run does; the value is the address, without a slash at its end."""
    from django.db import connection

    from bloggy.tests import databases, sites

    url, few = databases.url_of(connection.settings_dict), {"DB_POOL_SIZE": "4", "WEB_CONCURRENCY": "1"}
    with sites.serving(url, site_log.parent, EMAIL_URL=mailbox.url, DB_CONN_MAX_AGE="0", **few) as site:
        yield f"http://127.0.0.1:{site.port}"


@pytest.fixture
def page(browser, site, transactional_db):
    """A fresh browser page before the site; goto("/") opens the front page. Tests see and change the same database."""
    context = browser.new_context(base_url=site)
    context.set_default_timeout(WAIT)
    yield context.new_page()
    context.close()


@pytest.fixture
def complaints(page):
    """What the page's console and its policy find wrong."""
    found = []
    page.on("console", lambda message: found.append(message.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    return found
