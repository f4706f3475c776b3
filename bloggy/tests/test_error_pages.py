import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from bloggy.urls import handler400, handler500, urlpatterns  # noqa: F401 -- this module is a ROOT_URLCONF


def broken(request):
    raise RuntimeError("broken")


def forbidden(request):
    raise PermissionDenied


def without_database(request):
    error = OperationalError("the connection is closed")
    with connection.cursor() as cursor:  # the server ends it, as it does when it is stopped
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    raise error


def form(request, number):
    return HttpResponse("taken")


def form_again(request, number):
    return HttpResponse(f"form {number}: {request.POST['body']}", status=403)


form.csrf_failed = form_again

urlpatterns = [
    *urlpatterns,
    path("form/<int:number>", form),
    path("broken", broken),
    path("forbidden", forbidden),
    path("without-database", without_database),
]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def visitor(client):
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    ("url", "status", "words"),
    [
        ("/nope/", 404, b"There is no such page"),
        ("/forbidden", 403, b"You can't open this page"),
        ("/broken", 500, b"Something broke on our side"),
    ],
)
def test_errors_have_a_page_in_the_blogs_design_and_ask_no_database(visitor, url, status, words):
    response = visitor.get(url)  # without the django_db mark a query would raise

    assert response.status_code == status
    assert words in response.content
    assert b"css/bloggy.css" in response.content
    assert b"Bloggy</bdi></a>" in response.content
    assert b"noindex" in response.content


def test_a_host_that_is_not_ours_gets_the_page_too(visitor):
    response = visitor.get("/", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert b"cannot be read" in response.content


def test_a_form_without_its_token_gets_the_page_too():
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "a"})

    assert response.status_code == 403
    assert b"This form has expired" in response.content


def test_a_view_may_keep_what_an_expired_form_sent():
    response = Client(enforce_csrf_checks=True).post("/form/7", {"body": "My words."})

    assert (response.status_code, response.content) == (403, b"form 7: My words.")


@pytest.mark.parametrize("url", ["/broken", "/nope/"])
def test_an_expired_form_of_any_other_address_gets_the_page(url):
    response = Client(enforce_csrf_checks=True, raise_request_exception=False).post(url, {"body": "My words."})

    assert response.status_code == (403 if url == "/broken" else 404)


def test_who_was_sending_something_is_told_where_it_still_is(visitor):
    assert b"your browser still has the text" in visitor.get("/broken").content


@pytest.mark.django_db
@pytest.mark.parametrize("key", ['"\\000aaaaaaaaaaaa"', "ü" * 40, "'; --aaaaaaaaaaaa"])
def test_a_cookie_that_no_session_has_is_as_good_as_none(visitor, key):
    # As a header: the client's own jar refuses what a stranger may send.
    assert visitor.get("/admin/login/", headers={"Cookie": f"sessionid={key}"}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_lost_database_is_a_503_that_says_when_to_come_back(visitor):
    response = visitor.get("/without-database")
    connection.close()  # or the clean-up would use the lost one

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert b"One moment, please" in response.content
    assert b"your browser still has the text" in response.content
