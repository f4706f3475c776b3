"""EMAIL_URL and DEFAULT_FROM_EMAIL as settings, without a mail server."""

from contextlib import suppress

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from hypothesis import given
from hypothesis import strategies as st

from bloggy import mail

SMTP, CONSOLE, FILES = (f"django.core.mail.backends.{name}.EmailBackend" for name in ("smtp", "console", "filebased"))
LOGIN = {"EMAIL_HOST_USER": "ann", "EMAIL_HOST_PASSWORD": "secret"}


@pytest.mark.parametrize(
    ("url", "host", "port", "others"),
    [
        ("smtp://mail.example", "mail.example", 25, {}),
        ("SMTP://mail.example:2525/", "mail.example", 2525, {}),
        ("smtp+tls://ann:secret@mail.example", "mail.example", 587, LOGIN | {"EMAIL_USE_TLS": True}),
        ("smtps://ann:secret@mail.example", "mail.example", 465, LOGIN | {"EMAIL_USE_SSL": True}),
        ("smtp://[::1]:2525", "::1", 2525, {}),
        ("smtp://127.0.0.1", "127.0.0.1", 25, {}),
        (
            "smtps://ann%40blog.example:p%40s%2Fs%3A%23%25@mail.example",
            "mail.example",
            465,
            {"EMAIL_HOST_USER": "ann@blog.example", "EMAIL_HOST_PASSWORD": "p@s/s:#%", "EMAIL_USE_SSL": True},
        ),
    ],
)
def test_a_mail_server_is_read_from_its_url(url, host, port, others):
    server = {"MAIL_DELIVERY": SMTP, "EMAIL_HOST": host, "EMAIL_PORT": port}

    assert mail.parse(url) == server | {"EMAIL_HOST_USER": "", "EMAIL_HOST_PASSWORD": ""} | others


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        ("consolemail://", {"MAIL_DELIVERY": CONSOLE}),
        ("console://", {"MAIL_DELIVERY": CONSOLE}),
        ("filemail:///var/mail", {"MAIL_DELIVERY": FILES, "EMAIL_FILE_PATH": "/var/mail"}),
        ("file:///a%20folder/b", {"MAIL_DELIVERY": FILES, "EMAIL_FILE_PATH": "/a folder/b"}),
        ("", {"MAIL_DELIVERY": "django.core.mail.backends.dummy.EmailBackend"}),
    ],
)
def test_the_other_forms_are_read_too(url, settings):
    assert mail.parse(url) == settings


@pytest.mark.parametrize(
    "url",
    [
        *("secret", "secret:", "://secret", "mail.secret:25", "http://secret", "sendgrid://secret", "smtp:secret"),
        *(
            "smtp://",
            "smtp://:25",
            "smtp://zoe:secret@",
            "smtp://zoe:secret@:25",
            "smtp://zoe:secret@a,b",
            "smtp://[::1",
        ),
        *("smtp://h:secret", "smtp://h:0", "smtp://h:65536", "smtp://h:-1", "smtp://[secret]", "smtp://$HOST"),
        *("smtp://h/secret", "smtp://h?secret=1", "smtp://h?", "smtp://h#secret", "smtp://zoe:se/cret@h"),
        *("smtp://zoe:se?cret@h", "smtp://zoe:se#cret@h", "smtp://zoe@h", "smtp://:secret@h", "smtp://zoe:%ff@h"),
        *(
            "smtp://zoe:s%C3%A9cret@h",
            "smtp://zoe:a secret@h",
            "smtp://h\nsecret",
            "smtp://h\0",
            "smtp://zoe:se[cret@h",
        ),
        *("consolemail://secret", "console:///secret", "consolemail://?secret", "consolemail:"),
        *(
            "filemail://",
            "filemail:///",
            "filemail://secret/folder",
            "file:///a?secret",
            "file:///a%00b",
            "file:secret",
        ),
    ],
)
def test_anything_else_is_refused_in_one_line_without_the_value(url):
    with pytest.raises(ImproperlyConfigured) as caught:
        mail.parse(url)

    reason = str(caught.value)
    assert reason.startswith("EMAIL_URL: ")
    assert "smtp://USER:PASSWORD@HOST:PORT" in reason
    assert not any(word in reason for word in ("secret", "cret", "zoe", "\n"))
    assert caught.value.__suppress_context__ or not caught.value.__context__


@given(st.text() | st.from_regex(r"smtps?(\+tls)?://[^\s]*", fullmatch=True))
def test_no_url_raises_anything_else(url):
    with suppress(ImproperlyConfigured):
        mail.parse(url)


@pytest.mark.parametrize(
    ("site_url", "sender"),
    [
        ("https://blog.example", "noreply@blog.example"),
        ("http://127.0.0.1:8000", "noreply@[127.0.0.1]"),
        ("http://[::1]:8000", "noreply@[::1]"),
    ],
)
def test_mails_come_from_the_sites_host_unless_told_otherwise(site_url, sender):
    assert mail.sender("", site_url) == sender
    assert mail.sender("Ann <ann@blog.example>", site_url) == "Ann <ann@blog.example>"
    assert f"From: {sender}" in EmailMessage("a", "b", sender, ["ann@reader.example"]).message().as_string()


@pytest.mark.parametrize(
    "address",
    ["ann", "@blog.example", "ann@", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example", "a b@c", "<>"],
)
def test_what_is_not_one_address_cannot_be_the_sender(address):
    with pytest.raises(ImproperlyConfigured, match=r"^DEFAULT_FROM_EMAIL must be one address, such as .*\.$"):
        mail.sender(address, "https://blog.example")
