"""The settings as a process of their own reads them: what stops a start, and with which words."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from bloggy.tests.sites import GUNICORN

PRODUCTION = {
    "BLOGGY_ENV": "production",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-0123456789-abcdef",
    "ALLOWED_HOSTS": "blog.example,www.blog.example",
    "DATABASE_URL": "postgresql://u:p@db.example/bloggy",
}


def run(*command, **variables):
    """Run manage.py with nothing but these variables; return the finished process."""
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | variables
    command = [sys.executable, "manage.py", *command]
    return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60)


def value_of(expression, **variables):
    """Return what an expression over the settings prints."""
    code = f"from django.conf import settings as s; print({expression})"
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "bloggy.settings"} | variables
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
def test_in_production_a_missing_variable_stops_the_start_with_its_name(name):
    done = run("check", **(PRODUCTION | {name: ""}))

    assert done.returncode == 1
    assert done.stderr == f"manage.py: {name} must be set when BLOGGY_ENV is production.\n"


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"DEBUG": "true"}, "DEBUG must be false"),
        ({"BLOGGY_ENV": "prod"}, "BLOGGY_ENV must be one of: development, test, production."),
        ({"DATABASE_URL": "sqlite:///x"}, "DATABASE_URL: only PostgreSQL is supported"),
        ({"ALLOWED_HOSTS": "*"}, "SITE_URL must be set"),
        ({"ALLOWED_HOSTS": ".blog.example"}, "SITE_URL must be set"),
        ({"SITE_URL": "blog.example"}, "SITE_URL must be an address such as"),
        ({"SITE_URL": "https://blog.example/path"}, "SITE_URL must be an address such as"),
        ({"SITE_URL": "https://blog.example?q"}, "SITE_URL must be an address such as"),
        ({"SITE_LANGUAGE": "xx"}, "SITE_LANGUAGE must be the code of a language that Django knows, such as en, de,"),
        ({"EMAIL_URL": "mail.example:secret"}, "EMAIL_URL: not a URL. Accepted: smtp://"),
        ({"DEFAULT_FROM_EMAIL": "ann"}, "DEFAULT_FROM_EMAIL must be one address, such as"),
        ({"DB_CONNECT_TIMEOUT": "0"}, "DB_CONNECT_TIMEOUT must be a whole number from 1 to 60."),
    ],
)
def test_a_bad_value_stops_the_start_in_one_line(variables, reason):
    done = run("check", **(PRODUCTION | variables))

    assert done.returncode == 1
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_deploy_check_finds_nothing_in_production():
    done = run("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION, EMAIL_URL="smtp://mail.example")

    assert (done.returncode, done.stderr) == (0, "")


def test_the_deploy_check_tells_that_no_mail_is_sent_and_passes():
    done = run("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert done.returncode == 0
    assert "(bloggy.I001) No mail is sent: EMAIL_URL is not set." in done.stderr
    assert "HINT: Set EMAIL_URL" in done.stderr
    assert "WARNING" not in done.stderr
    assert "bloggy.I001" not in run("check", **PRODUCTION).stderr


def test_production_sends_no_mail_unless_told_where_and_development_prints_it():
    expression = "s.SENDS_MAIL, s.MAIL_DELIVERY.split('.')[-2], s.DEFAULT_FROM_EMAIL, s.SERVER_EMAIL"
    host = PRODUCTION | {"SITE_URL": "https://blog.example"}

    assert value_of(expression, **host) == "False dummy noreply@blog.example noreply@blog.example"
    assert value_of(expression, **host, EMAIL_URL="smtps://u:p@mail.example", DEFAULT_FROM_EMAIL="a@b.example") == (
        "True smtp a@b.example a@b.example"
    )
    assert value_of(expression, DATABASE_URL=PRODUCTION["DATABASE_URL"]).startswith("True console noreply@")


def test_the_password_of_the_mail_server_stands_in_no_setting_that_debug_pages_show():
    expression = "[name for name in dir(s) if isinstance(value := getattr(s, name), str) and 'hidden' in value]"

    shown = value_of(expression, **PRODUCTION, EMAIL_URL="smtp://u:hidden@mail.example")

    assert shown == "['EMAIL_HOST_PASSWORD']"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://ann:secret@127.0.0.1:9/blog", "127.0.0.1:9"),
        ("postgresql:///blog?host=/nonexistent&user=ann&password=secret", "/nonexistent:5432"),
        ("postgresql://ann:secret@nowhere.invalid/blog", "nowhere.invalid:5432"),
    ],
)
def test_a_command_without_its_database_ends_in_two_lines_without_the_password(url, place):
    done = run("migrate", DATABASE_URL=url)

    assert done.returncode == 1
    assert done.stderr.startswith(f"manage.py: PostgreSQL at {place} cannot be used (database blog, user ann): ")
    assert done.stderr.count("\n") == 2
    assert "secret" not in done.stdout + done.stderr


@pytest.mark.parametrize("command", ["dumpdata", "runserver", "showmigrations", "loaddata x", "createsuperuser"])
def test_a_command_of_djangos_ends_in_two_lines_too(command):
    done = run(*command.split(), DATABASE_URL="postgresql://ann:secret@127.0.0.1:9/blog")

    assert (done.returncode, done.stderr.count("\n")) == (1, 2), done.stderr
    assert "Start it, or correct host and port in DATABASE_URL." in done.stderr


def test_a_check_of_the_database_tells_what_is_wrong_with_it():
    done = run("check", "--database", "default", DATABASE_URL="postgresql://ann:secret@127.0.0.1:9/blog")

    assert done.returncode == 1
    assert "(bloggy.E001) PostgreSQL at 127.0.0.1:9 cannot be used (database blog, user ann): " in done.stderr
    assert "HINT: Start it, or correct host and port in DATABASE_URL." in done.stderr
    assert "secret" not in done.stdout + done.stderr


def test_what_goes_around_a_pooler_reads_its_own_variable_and_other_commands_do_not():
    urls = {"DATABASE_URL": "postgresql://u@127.0.0.1:9/pooled", "DB_PGBOUNCER": "true"}
    urls["DATABASE_DIRECT_URL"] = "postgresql://ann:secret@127.0.0.1:7/direct"

    around = [
        run(*command.split(), **urls).stderr for command in ("migrate", "dumpdata", "flush --no-input", "loaddata x")
    ]
    through = run("seed_demo", **urls).stderr

    assert all("127.0.0.1:7 cannot be used (database direct, user ann)" in said for said in around)
    assert all("correct host and port in DATABASE_DIRECT_URL." in said for said in around)
    assert "127.0.0.1:9 cannot be used (database pooled, user u)" in through
    assert "secret" not in "".join(around)


def test_a_bad_direct_address_is_refused_by_its_name():
    done = run("migrate", DATABASE_URL="postgresql://u@h/d", DATABASE_DIRECT_URL="mysql://u:secret@h/d")

    assert done.returncode == 1
    assert done.stderr.startswith("manage.py: DATABASE_DIRECT_URL: only PostgreSQL is supported, not mysql://.")
    assert "secret" not in done.stderr


def test_the_log_of_production_hides_the_database():
    hides = "s.LOGGING['formatters']['line']['hides_database']"

    assert value_of(hides, **PRODUCTION) == "True"
    assert value_of(hides, DATABASE_URL="postgresql://u@h/d") == "False"


def test_no_backend_but_postgresql_is_ever_configured():
    engine = "s.DATABASES['default']['ENGINE']"

    assert value_of(engine, DATABASE_URL="postgresql://u@h/d") == "bloggy.postgresql"
    assert value_of(engine, **PRODUCTION) == "bloggy.postgresql"


def test_without_an_address_the_database_is_the_one_of_compose():
    code = (
        "from pathlib import Path; from bloggy import embedded; embedded.VAR = Path('/nowhere'); "
        "from bloggy import settings as s; d = s.DATABASES['default']; "
        "print(*[d[key] for key in ('USER', 'PASSWORD', 'HOST', 'PORT', 'NAME')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )

    assert (done.stdout, done.stderr) == ("bloggy bloggy_password postgres 5432 bloggy\n", "")


def test_connections_bear_a_name_limits_and_keepalives_and_the_url_comes_first():
    options = "s.DATABASES['default']['OPTIONS']"

    assert value_of(f"sorted({options}.items())", DATABASE_URL="postgresql://u@h/d", DB_CONNECT_TIMEOUT="7") == str(
        [
            ("application_name", "bloggy"),
            ("connect_timeout", "7"),
            ("keepalives_count", "3"),
            ("keepalives_idle", "30"),
            ("keepalives_interval", "10"),
            ("sslmode", "prefer"),
        ]
    )
    url = "postgresql://u@h/d?application_name=mine&connect_timeout=9&keepalives_idle=5"
    assert value_of(
        f"[{options}[key] for key in ('application_name', 'connect_timeout', 'keepalives_idle')]", DATABASE_URL=url
    ) == ("['mine', '9', '5']")


def test_absolute_links_start_with_the_first_host_unless_told_otherwise():
    assert value_of("s.SITE_URL", **PRODUCTION) == "https://blog.example"
    assert value_of("s.SITE_URL", **PRODUCTION, SITE_URL="https://other.example/") == "https://other.example"


def test_production_asks_for_encryption_unless_the_url_says_otherwise():
    mode = "s.DATABASES['default']['OPTIONS']['sslmode']"

    assert value_of(mode, **PRODUCTION) == "require"
    assert value_of(mode, **(PRODUCTION | {"DATABASE_URL": "postgresql://u@h/d?sslmode=disable"})) == "disable"
    assert value_of(mode, DATABASE_URL="postgresql://u@h/d") == "prefer"


def test_cookies_of_production_belong_to_one_host():
    assert value_of("s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME", **PRODUCTION) == "__Host-sessionid __Host-csrftoken"


def test_no_two_installations_share_a_development_key():
    url = {"DATABASE_URL": "postgresql://u@h/d"}

    assert value_of("s.SECRET_KEY", **url) != value_of("s.SECRET_KEY", **url)


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"DB_POOL_SIZE": "1"}, "DB_POOL_SIZE (1) must be at least WEB_CONCURRENCY (2)"),
        ({"DATABASE_DIRECT_URL": "sqlite:///x"}, "DATABASE_DIRECT_URL: only PostgreSQL is supported"),
        ({"WEB_CONCURRENCY": "65"}, "WEB_CONCURRENCY must be a whole number from 1 to 64"),
        ({"SECRET_KEY": ""}, "SECRET_KEY must be set"),
    ],
)
def test_gunicorn_does_not_start_with_a_bad_value(variables, reason):
    command = [*GUNICORN, "--check-config"]
    environment = {"PATH": os.environ["PATH"]} | PRODUCTION | variables

    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60)

    assert done.returncode == 1
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("options", ["--threads 11", "--workers 3", "--workers 21 --threads 1"])
def test_gunicorn_does_not_start_with_more_threads_than_connections(options):
    command = [*GUNICORN, *options.split()]
    environment = {"PATH": os.environ["PATH"]} | PRODUCTION

    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60)

    assert done.returncode == 1
    assert "each need more connections than DB_POOL_SIZE (20): leave --workers and --threads out" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("pool", "workers", "threads"), [(20, 2, 10), (4, 1, 4), (7, 2, 3), (2, 2, 1)])
def test_workers_and_threads_stay_within_the_pool(pool, workers, threads):
    command = [*GUNICORN, "--print-config"]
    environment = {"PATH": os.environ["PATH"]} | PRODUCTION
    environment |= {"DB_POOL_SIZE": str(pool), "WEB_CONCURRENCY": str(workers)}

    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60)

    shown = dict(line.split("=", 1) for line in done.stdout.replace(" ", "").splitlines() if "=" in line)
    assert (shown["workers"], shown["threads"]) == (str(workers), str(threads))
