"""Every address of the resolver, those added tomorrow too, is sent values that break parsers: none is a 500."""

import itertools
import logging
import re
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import transaction
from django.http.cookie import SimpleCookie
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT
from django.urls import get_resolver, reverse
from django.utils.regex_helper import normalize

from blog.tests.factories import CommentFactory, PostFactory, TagFactory, UserFactory

pytestmark = pytest.mark.django_db
PK = 1_000_000  # of every row here, far from what the sequences give
VALUES = {  # as they stand in an address
    "NUL": "a%00b",
    "10 KB": "x" * 10_240,
    "not UTF-8, a surrogate": "%ff%fe%ed%a0%80",
    "huge": "1" + "0" * 30,
    "huge below zero": "-1" + "0" * 30,
    "one past a bigint": str(2**63),
    "no number": "NaN",
    "signs of other languages": quote(
        "'\"`; --\\{{7*7}}{% x %}${7*7}<!--\r\nX-Header: y\u202eabc\u2066/../" + 9 * "[({"
    ),
    "past all dates": "99999-12-31T00:00:00%2b14:00",
    "empty": "",
}
NAMES = """
    q page before after p o e all next body term app_label model_name field_name state _popup _to_field _facets
    _changelist_filters source_model author parent title slug tags published_at username email password action post
    index select_across _selected_action _save id token key year month format cursor
""".split()
ARGUMENTS = {"slug": "x", "uidb64": "MQ", "token": "set-password", "app_label": "blog", "year": "2024", "month": "5"}
BODIES = {
    "application/json": b'{"\xff\xfe": "\x00',
    "application/x-www-form-urlencoded": b"\xff=%zz&%00=&=&&a\x00b=%ed%a0%80",
    "application/x-www-form-urlencoded; charset=nonsense": b"body=x",
    "multipart/form-data": b"no boundary",
    MULTIPART_CONTENT: f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=\0\r\n\r\n\xff".encode("latin-1"),
    "\0": b"\0",
}


def addresses(resolver=None, prefix=""):
    """Yield (pattern, path, names) of every view: the path has %(name)s where the view takes an argument."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = prefix + entry.pattern.regex.pattern.removeprefix("^")
        if hasattr(entry, "url_patterns"):
            yield from addresses(entry, pattern)
            continue
        template, names = normalize(pattern)[0]
        assert template or pattern in ("$", r"\Z"), f"{pattern}: write it without |, or no path can be made of it"
        yield pattern, f"/{template}", names


ADDRESSES = list(addresses())
LOOKUPS = ["", "__gte", "__year", "__in", "__range", "__regex"]


@pytest.fixture
def visitors():
    """An anonymous visitor and a superuser on a site with a row of each kind."""
    user = UserFactory(pk=PK, superuser=True)
    post = PostFactory(pk=PK, slug="x", author=user)
    post.tags.add(TagFactory(pk=PK, slug="x"))
    CommentFactory(pk=PK, post=post, author=user)
    Group.objects.create(pk=PK, name="x")
    visitors = Client(raise_request_exception=False), Client(raise_request_exception=False)
    visitors[1].force_login(user)
    logging.disable()  # thousands of tracebacks of what is refused
    yield visitors
    logging.disable(logging.NOTSET)


def ask(client, method, path, body=b"", content_type="application/x-www-form-urlencoded"):
    """Return the answer to a request and undo what it did."""
    cookies = SimpleCookie(client.cookies.output(header="", sep=";"))
    with transaction.atomic():
        response = client.generic(method, path, body, content_type)
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


def query(value, names=NAMES):
    """Return the value under every name, as an address or a form has it."""
    return "&".join(f"{name}={value}" for name in names)


def multipart(value, names):
    parts = (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name in names)
    return ("".join(parts) + f"--{BOUNDARY}--\r\n").encode("latin-1")


@pytest.mark.parametrize(("pattern", "path", "names"), ADDRESSES, ids=[pattern for pattern, _path, _names in ADDRESSES])
def test_no_value_breaks_an_address(visitors, pattern, path, names):
    if pattern.startswith("admin/"):
        visitors = visitors[1:]  # everybody else is sent to the login
    superuser = visitors[-1]
    plausible = path % {name: ARGUMENTS.get(name, str(PK)) for name in names}
    fields = set(NAMES)
    broken = []

    def check(what, *request, clients=visitors):
        for client in clients:
            response = ask(client, *request)
            if response.status_code >= 500:
                error = response.exc_info[1] if response.exc_info else "an answer"
                broken.append(f"{request[0]} {request[1][:60]} with {what}: {error!r:.200}")

    page = ask(superuser, "GET", plausible)
    assert page.status_code < 500
    if not page.streaming:
        fields |= set(re.findall(r' name="([^"]+)"', page.content.decode(errors="replace")))
    for what, value in VALUES.items():
        check(what, "GET", f"{plausible}?{query(value)}")
        check(what, "POST", plausible, query(value, fields).encode())
        if names:
            check(f"{what} in the path", "GET", path % dict.fromkeys(names, value))
    check("multipart", "POST", plausible, multipart("\0\xff\xfe", fields), MULTIPART_CONTENT)
    for content_type, body in BODIES.items():
        check(content_type, "POST", plausible, body, content_type, clients=[superuser])
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)
def test_no_condition_breaks_a_list_of_the_admin(visitors, model):
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    names = [field.name for field in model._meta.concrete_fields]
    conditions = [f"{name}{lookup}={{}}" for name, lookup in zip(names, itertools.cycle(LOOKUPS), strict=False)]
    conditions += ["p={}", "o={}", "q={}", "_to_field={}", "pk__in={}", "pk__range={}"]

    for condition in conditions:
        for value in ("%00", "1" + "0" * 30, "x(", ""):
            response = ask(visitors[1], "GET", f"{address}?{condition.format(value)}")
            assert response.status_code < 500, condition.format(value)


def test_a_list_that_breaks_by_itself_is_still_noticed(visitors, monkeypatch):
    monkeypatch.setattr(admin.site._registry[Group], "list_display", [lambda group: int("x")])

    assert ask(visitors[1], "GET", "/admin/auth/group/?name=%00").url == "/admin/auth/group/?e=1"
    assert ask(visitors[1], "GET", "/admin/auth/group/?e=1").status_code == 500
    assert ask(visitors[1], "GET", "/admin/auth/group/").status_code == 500


@pytest.mark.parametrize("value", ["x", "%00", "", "%ff"])
def test_an_action_on_rows_that_cannot_be_leads_back_to_the_list(visitors, value):
    body = f"action=delete_selected&index=0&_selected_action={value}".encode()

    assert ask(visitors[1], "POST", "/admin/auth/group/", body).status_code == 302
