import os

import pytest
from django.core.exceptions import ImproperlyConfigured

from bloggy.env import Environment


def test_a_text_is_read_without_outer_spaces():
    assert Environment({"SITE_NAME": " My blog "}).text("SITE_NAME") == "My blog"


@pytest.mark.parametrize("variables", [{}, {"SITE_NAME": ""}, {"SITE_NAME": "  "}])
def test_unset_and_empty_are_the_default(variables):
    assert Environment(variables).text("SITE_NAME", "Bloggy") == "Bloggy"


def test_a_secret_is_read_from_the_file_that_its_twin_names(tmp_path):
    (tmp_path / "key").write_text("very secret\n")

    assert Environment({"SECRET_KEY_FILE": str(tmp_path / "key")}).text("SECRET_KEY") == "very secret"


@pytest.mark.parametrize("name", ["missing", "", "binary", "pipe", "a\0b"])
def test_a_file_that_cannot_be_read_is_told_without_its_name_which_may_be_the_secret(tmp_path, name):
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(ImproperlyConfigured, match=r"^SECRET_KEY_FILE (must name a file|names a file)") as caught:
        Environment({"SECRET_KEY_FILE": str(tmp_path / name)}).text("SECRET_KEY")

    assert str(tmp_path) not in str(caught.value)


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(ImproperlyConfigured, match="SITE_NAME must be UTF-8 text"):
        Environment({"SITE_NAME": os.fsdecode(b"caf\xe9")}).text("SITE_NAME")


def test_a_value_and_its_file_at_once_are_refused():
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY and SECRET_KEY_FILE are both set"):
        Environment({"SECRET_KEY": "a", "SECRET_KEY_FILE": "b"}).text("SECRET_KEY")


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("1", True), ("On", True), ("FALSE", False), ("no", False)]
)
def test_a_flag_has_several_spellings(text, value):
    assert Environment({"DEBUG": text}).flag("DEBUG", not value) is value


@pytest.mark.parametrize("number", ["0", "65536", "-1", "8e3", "٣", "1" * 5000, "x"])
def test_a_number_out_of_bounds_names_the_variable_and_the_bounds(number):
    with pytest.raises(ImproperlyConfigured, match="PORT must be a whole number from 1 to 65535"):
        Environment({"PORT": number}).number("PORT", 8000, 1, 65535)


def test_a_wrong_flag_or_choice_names_the_accepted_values():
    environment = Environment({"DEBUG": "perhaps", "BLOGGY_ENV": "staging"})

    with pytest.raises(ImproperlyConfigured, match="DEBUG must be true or false"):
        environment.flag("DEBUG")
    with pytest.raises(ImproperlyConfigured, match="BLOGGY_ENV must be one of: development, production"):
        environment.choice("BLOGGY_ENV", "development", ("development", "production"))


def test_items_are_separated_by_commas():
    assert Environment({"ALLOWED_HOSTS": "a.example, b.example,,"}).items("ALLOWED_HOSTS") == ["a.example", "b.example"]
