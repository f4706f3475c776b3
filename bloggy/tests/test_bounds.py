import pytest
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from bloggy.urls import handler400, handler500, urlpatterns  # noqa: F401 -- this module is a ROOT_URLCONF

LIMIT = 4 * 1024 * 1024


def echo(request):
    return HttpResponse(f"{len(request.POST.get('body', ''))} {len(request.FILES)}")


def too_big(request):
    raise RequestDataTooBig


urlpatterns = [*urlpatterns, path("echo", echo), path("too-big", too_big)]
pytestmark = pytest.mark.urls(__name__)


class Unread:
    """What a client sends; nobody may read it."""

    def read(self, *args):
        raise AssertionError("it was read")

    readline = __iter__ = read


def send(length, method="POST", path="/", **extra):
    """Send a request that says it is so long; the answer must come before anything of it is read."""
    extra = {"CONTENT_LENGTH": str(length), "wsgi.input": Unread()} | extra
    return Client().generic(method, path, **extra)


@pytest.mark.parametrize("method", ["POST", "PUT", "GET", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/nope/", "/admin/login/", "/echo", "/static/css/bloggy.css"])
def test_what_is_too_large_is_refused_unread(method, path):
    response = send(LIMIT + 1, method, path, CONTENT_TYPE="multipart/form-data; boundary=x")

    assert response.status_code == 413
    assert b"larger than 4 MB" in response.content
    assert b"css/bloggy.css" in response.content


@pytest.mark.parametrize("length", ["9" * 100, str(2**63), "5000000"])
def test_no_length_is_too_large_to_be_refused(length):
    assert send(length).status_code == 413


@pytest.mark.parametrize("length", ["x", "-1", "", "1e9", "9" * 5000])
def test_a_length_that_is_no_number_is_left_to_others(length):
    assert send(length, path="/echo").status_code == 200


def test_the_longest_post_fits():
    body = "\U0001f600" * 200_000

    response = Client().post("/echo", {"body": body})
    encoded = Client().post("/echo", "body=" + "%F0%9F%98%80" * 200_000, "application/x-www-form-urlencoded")

    assert response.content == encoded.content == b"200000 0"


def test_the_limit_itself_fits():
    body = b"body=" + b"x" * (LIMIT - 5)

    assert Client().post("/echo", body, "application/x-www-form-urlencoded").status_code == 200
    assert Client().post("/echo", body + b"x", "application/x-www-form-urlencoded").status_code == 413


def test_too_many_files_and_fields_are_refused_with_a_page():
    files = "".join(f'--x\r\nContent-Disposition: form-data; name="f{n}"; filename="f"\r\n\r\n.\r\n' for n in range(11))
    client = Client()

    answers = [
        client.post("/echo", f"{files}--x--\r\n", "multipart/form-data; boundary=x"),
        client.post("/echo", "a=1&" * 1001, "application/x-www-form-urlencoded"),
        client.post("/echo", "no boundary", "multipart/form-data"),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert all(b"cannot be read" in answer.content for answer in answers)


def test_what_a_view_finds_too_large_is_answered_alike():
    response = Client().get("/too-big")

    assert response.status_code == 413
    assert b"your browser still has your text" in response.content
