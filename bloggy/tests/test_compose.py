"""The compose file and what gets into an image, as far as that shows without an engine."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from bloggy.tests.processes import ROOT

COMPOSE = ROOT / "docker" / "docker-compose.yaml"
PROFILES = [(), ("errors",), ("scale",), ("errors", "scale")]


@pytest.fixture(scope="module")
def docker_compose():
    """Compose, either of its two versions. Where it is missing the tests are skipped; if CI is set they fail."""
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    if shutil.which("docker") and subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0:
        return ["docker", "compose"]
    missing = pytest.fail if os.environ.get("CI") else pytest.skip
    return missing("docker-compose is missing: apt install docker-compose")


def config(docker_compose, *profiles, folder, **variables):
    """Return the compose file as Compose reads it, with nothing of this shell's but PATH."""
    options = [option for profile in profiles for option in ("--profile", profile)]
    done = subprocess.run(
        [*docker_compose, "--file", COMPOSE, *options, "config"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)} | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("profiles", PROFILES, ids=" ".join)
def test_it_is_valid_in_every_profile(docker_compose, profiles, tmp_path):
    text = config(docker_compose, *profiles, folder=tmp_path)

    assert "container_name: postgres" in text


def test_production_needs_no_change_of_the_file(docker_compose, tmp_path):
    url = "postgresql://bloggy@postgres:5432/bloggy?sslmode=disable"
    given = {"BLOGGY_ENV": "production", "BLOGGY_TARGET": "production", "SECRET_KEY": "k" * 50, "DATABASE_URL": url}

    text = config(docker_compose, folder=tmp_path, ALLOWED_HOSTS="blog.example", POSTGRES_PASSWORD="p$w", **given)

    lines = ["target: production", f"SECRET_KEY: {'k' * 50}", f"DATABASE_URL: {url}", "ALLOWED_HOSTS: blog.example"]
    assert [line for line in lines if line not in text] == []
    assert "bloggy_password" not in text


@pytest.mark.parametrize("name", ["ALLOWED_HOSTS", "SECRET_KEY", "SENTRY_DSN"])
def test_a_variable_that_is_not_set_stays_so_and_has_no_default_here(name):
    assert f"\n  {name}:\n" in COMPOSE.read_text()


def test_every_variable_of_the_documentation_is_handed_through():
    from bloggy.settings_test import SHELL

    handed = set(COMPOSE.read_text().split("x-environment:")[1].split("x-postgres:")[0].replace(":", " ").split())

    # gunicorn's address and the folders are the image's.
    assert set(SHELL) - handed == {"GUNICORN_CMD_ARGS", "MEDIA_ROOT", "PORT"}


@pytest.mark.parametrize("secret", [".git", ".venv", "var", "**/.env", "**/*.db", "**/*.key", "**/*.pem", "**/*.dump"])
def test_what_must_not_leave_this_machine_is_left_out_of_an_image(secret):
    assert secret in Path(ROOT, ".dockerignore").read_text().splitlines()


def test_nothing_in_a_dockerfile_needs_buildkit():
    for file in (ROOT / "docker").rglob("Dockerfile"):
        text = file.read_text()
        assert not any(word in text for word in ("--mount", "--chmod", "--link", "<<", "# syntax"))
