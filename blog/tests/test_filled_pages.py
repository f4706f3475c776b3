"""Pages of readers who bear a session, filled in for each of them."""

import re
from datetime import timedelta

import pytest
from django.contrib import messages
from django.contrib.messages.storage import default_storage
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory
from django.urls import resolve

from accounts.models import User
from blog import kept_pages
from blog.filled_pages import for_all
from blog.models import Comment, Post
from blog.tests.factories import NOON, CommentFactory, PostFactory, UserFactory
from blog.tests.kept import paths
from bloggy.own import EVERYBODY
from bloggy.tests.tokens import token_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("room"),
]  # what is rolled back is no change
POST = "/post/first/"
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")\w+')
NO_SESSION = {"HTTP_COOKIE": f"sessionid={'a' * 32}"}


def browser_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def reader():
    return UserFactory(first_name="Rita", last_name="Reader")


@pytest.fixture
def browser(reader):
    return browser_of(reader)


def pages_of(client, path=POST):
    """Return the page twice, as it is made and as it is known then, without what differs each time."""
    pages = [client.get(path).content.decode() for _ in range(2)]
    return [TOKEN.sub(r"\1", page) for page in pages]


def made_for_one(path, user):
    """Return the page as its view makes it for one reader alone, with a message."""
    request = RequestFactory().get(path)
    request.user, request.session = user, SessionStore()
    request._messages = default_storage(request)
    messages.info(request, "Something happened.")
    view, args, kwargs = resolve(request.path)
    return TOKEN.sub(r"\1", view.__wrapped__(request, *args, **kwargs).content.decode())


def leave_message(client):
    session = client.session
    session["_messages"] = f'[["__json_message",0,{messages.INFO},"Something happened."]]'
    session.save()


def html_paths(client):
    return [path for path in paths() if client.get(path).headers["Content-Type"].startswith("text/html")]


def test_it_is_the_page_that_would_be_made_for_the_reader_alone(post, client, reader, browser):
    CommentFactory(post=post, author=reader, body="Of my own.")
    CommentFactory(post=post, body="Of somebody else.", created_at=NOON + timedelta(days=1))
    PostFactory.create_batch(11, tags=post.tags.all())
    PostFactory(slug="closed", comments_open=False)
    others = [
        "/post/closed/",
        "/?before=1714564860000000-999999",
        f"{POST}?after=0-1",
        f"{POST}?after=9999999999999999-1",
    ]
    for path in [*html_paths(client), *others]:
        for _turn in ("made", "known"):
            leave_message(browser)
            page = browser.get(path)

            assert page.status_code == 200, path
            assert TOKEN.sub(r"\1", page.content.decode()) == made_for_one(path, reader), path


def test_each_page_that_is_known_costs_the_version_session_and_account(
    post, client, browser, django_assert_num_queries
):
    found = html_paths(client)
    for path in found:
        browser.get(path)
        with django_assert_num_queries(3):
            browser.get(path)

    assert len(found) == 8


def test_a_page_made_for_one_reader_holds_nothing_of_them(post, reader, browser):
    CommentFactory(post=post, author=reader, body="Of my own.")
    leave_message(browser)

    page = browser.get(POST).content.decode()

    (kept,) = kept_pages.plain.pages.values()
    own = ["Log out", "Something happened.", "Delete", "csrfmiddlewaretoken", 'href="/accounts/profile/"', "<textarea"]
    text = kept.body.decode()
    assert [text_of for text_of in own if text_of not in page] == []
    assert [text_of for text_of in own if text_of in text] == []
    owners = [part.owner for part in kept.own_parts if part.owner != EVERYBODY]
    assert owners == [post.comments.earliest("pk").author_id, reader.pk]


def test_the_next_reader_gets_their_own(post, reader, browser):
    mine = CommentFactory(post=post, author=reader)
    other = UserFactory(first_name="Otto", last_name="Other")
    theirs = CommentFactory(post=post, author=other)
    leave_message(browser)
    first, second = browser.get(POST), browser_of(other).get(POST)

    for response, name, other_name, own, foreign in (
        (first, "Rita Reader</a>", "Otto Other</a>", mine, theirs),
        (second, "Otto Other</a>", "Rita Reader</a>", theirs, mine),
    ):
        page = response.content.decode()
        assert name in page
        assert other_name not in page
        assert f"/comment/{own.pk}/delete/" in page
        assert f"/comment/{foreign.pk}/delete/" not in page
    assert "Something happened." not in second.content.decode()
    assert TOKEN.search(first.content.decode())[0] != TOKEN.search(second.content.decode())[0]


def test_the_form_of_a_known_page_can_be_sent(post, reader):
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader)
    client.get(POST)
    token = token_of(client.get(POST))

    client.post(f"{POST}comment/", {"body": "Taken.", "csrfmiddlewaretoken": token})

    assert post.comments.filter(body="Taken.", author=reader).exists()
    assert "Taken." in client.get(POST).content.decode()


def test_a_change_is_seen_at_once(post, browser):
    for change in (
        lambda: Post.objects.update(body_html="<p>Changed one.</p>"),
        lambda: Comment.objects.update(body_html="Changed two."),
        lambda: User.objects.filter(pk=post.author_id).update(first_name="Changed three."),
    ):
        pages_of(browser)
        change()

    assert all(text in pages_of(browser)[0] for text in ("Changed one.", "Changed two.", "Changed three."))


def test_who_is_renamed_or_locked_out_sees_it_at_once(post, reader, browser):
    pages_of(browser)

    User.objects.filter(pk=reader.pk).update(last_name="Renamed")
    renamed = pages_of(browser)
    User.objects.filter(pk=reader.pk).update(is_active=False)
    locked_out = pages_of(browser)

    assert all("Rita Renamed" in page for page in renamed)
    assert all("Log out" not in page and "Log in to comment" in page for page in locked_out)


def test_who_becomes_staff_gets_pages_of_staff(post, reader, browser):
    CommentFactory(post=post, body="Rude.", state="removed")
    assert "Rude." not in pages_of(browser)[1]

    User.objects.filter(pk=reader.pk).update(is_staff=True, is_superuser=True)
    as_staff = pages_of(browser)
    User.objects.filter(pk=reader.pk).update(is_staff=False)

    assert all("Rude." in page and "Edit this post" in page for page in as_staff)
    assert all("Rude." not in page and "Edit this post" not in page for page in pages_of(browser))


def test_what_staff_see_is_kept_for_nobody(post, admin):
    PostFactory(slug="draft", draft=True)

    assert admin.get("/post/draft/").status_code == 200
    assert admin.get(POST).status_code == 200
    assert not kept_pages.plain.pages


def test_a_cookie_that_is_no_session_gets_the_page_of_who_is_logged_out(post, client):
    plain = client.get(POST).content.decode()

    for _turn in ("made", "known"):
        response = Client(**NO_SESSION).get(POST)
        assert response.content.decode() == plain
        assert response.headers["Cache-Control"] == "private, no-cache"
        assert response.cookies["sessionid"]["max-age"] == 0  # it is taken back


def test_it_is_for_the_reader_s_browser_alone(post, browser):
    for _turn in ("made", "known"):
        response = browser.get(POST)
        assert response.headers["Cache-Control"] == "private, no-cache"
        assert response.headers["Vary"] == "Cookie"
        assert not {"ETag", "Cache-Status", "Content-Encoding"} & set(response.headers)
    assert kept_pages.plain.pages
    for page in kept_pages.plain.pages.values():
        assert not {"Vary", "Set-Cookie"} & set(page.headers)


def test_unknown_parameters_do_not_fill_the_memory(post, browser):
    for number in range(5):
        assert browser.get(f"{POST}?utm_source={number}&before=").status_code == 200

    assert len(kept_pages.plain.pages) == 1
    assert not kept_pages.queried.pages


def test_head_and_errors_are_answered_as_ever(post, browser):
    page = browser.get(POST)
    head = browser.head(POST)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(page.content))
    assert browser.post(POST).status_code == 405
    missing = browser.get("/post/none/")
    assert missing.status_code == 404
    assert browser.get(f"{POST}?after=x").status_code == 404
    assert browser.get(f"{POST}?{'&'.join('a' * 2000)}").status_code == 400
    assert browser.get(f"/post/{post.pk}/").url == POST


def test_what_is_kept_is_made_by_a_request_of_nobody(reader):
    request = RequestFactory().get("/?before=1-1&own=secret", HTTP_COOKIE="sessionid=secret; csrftoken=secret")
    request.user, request.session = reader, {"own": "secret"}
    request.META["CSRF_COOKIE"] = "secret"

    asked = for_all(request, "before=1-1")

    assert asked.GET.dict() == {"before": "1-1"}
    assert (asked.user.is_authenticated, asked.session, asked.COOKIES, asked.own_parts) == (False, {}, {}, [])
    assert "secret" not in str(asked.META)
    assert not hasattr(asked, "_messages")


@pytest.mark.parametrize("slug", ["第一篇", "malmö"])
def test_an_address_may_have_any_letters(reader, browser, slug):
    path = PostFactory(slug=slug).get_absolute_url()

    page = browser.get(path).content.decode()

    assert f'rel="canonical" href="http://127.0.0.1:8000{path}"' in page
    assert "Rita Reader" in page
