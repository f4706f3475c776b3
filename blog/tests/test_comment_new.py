import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blog.models import Comment, Post
from blog.tests.factories import CommentFactory, PostFactory, UserFactory
from blog.views import COMMENTS_A_PAGE
from bloggy.tests.tokens import token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def post():
    return PostFactory(slug="bread")


@pytest.fixture
def reader(client):
    user = UserFactory(email="rea@example.com")
    client.force_login(user)
    return user


def send(client, body="Well *said*.", slug="bread", **data):
    return client.post(reverse("blog:comment_new", args=[slug]), {"body": body, **data})


def kept(response):
    """Return the text that stands in the form of an answer."""
    return response.context["form"]["body"].value()


def test_a_comment_is_stored_rendered_and_found_at_its_anchor(client, post, reader):
    CommentFactory.create_batch(2, post=post)

    response = send(client)

    comment = Comment.objects.get(author=reader)
    assert response.url == f"/post/bread/#comment-{comment.pk}"
    assert (comment.post, comment.state, comment.body_format) == (post, "visible", "markdown")
    page = client.get("/post/bread/").content.decode()
    assert f'id="comment-{comment.pk}"' in page
    assert "<p>Well <em>said</em>.</p>" in page


def test_links_gain_nothing_and_everything_else_is_text(client, post, reader):
    send(client, "[a](https://example.com) ![b](https://example.com/b.png) <b>c</b>\n\n# d\n\n- e")

    page = client.get("/post/bread/").content.decode()

    assert '<a href="https://example.com" rel="nofollow ugc noopener">a</a>' in page
    for text in ("&lt;b&gt;c&lt;/b&gt;", "# d", "- e"):
        assert text in page
    assert "<img" not in page


@pytest.mark.parametrize("is_moderator", [False, True])
def test_beyond_a_page_of_comments_it_leads_to_the_page_that_begins_with_it(client, post, is_moderator):
    reader = UserFactory(is_staff=is_moderator, groups=["Moderators"] if is_moderator else [])
    client.force_login(reader)
    other = UserFactory()
    Comment.objects.bulk_create(Comment(post=post, author=other, body=str(n)) for n in range(COMMENTS_A_PAGE - 1))

    last, beyond = send(client), send(client, "Another.")

    of_last, of_beyond = Comment.objects.filter(author=reader).order_by("pk")
    assert last.url == f"/post/bread/#comment-{of_last.pk}"
    assert beyond.url == of_beyond.get_absolute_url()
    for comment, url in ((of_last, last.url), (of_beyond, beyond.url)):
        assert f'id="comment-{comment.pk}"' in client.get(url).content.decode()


def test_hidden_comments_take_room_on_the_page_of_moderators_only(client, post):
    other = UserFactory()
    hidden = (Comment(post=post, author=other, body=str(n), state="removed") for n in range(COMMENTS_A_PAGE))
    Comment.objects.bulk_create(hidden)

    for groups, ends in ([], "/post/bread/#"), (["Moderators"], "?after="):
        client.force_login(UserFactory(is_staff=bool(groups), groups=groups))
        assert ends in send(client).url


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "Write something first."),
        (" \r\n ", "Write something first."),
        ("\u200b", "Nobody could see this comment"),
        ("x" * 5001, "A comment has at most 5000 characters; this one has 5001."),
        ("> ", "Nobody could see this comment"),
        ("[](https://example.com)", "Nobody could see this comment"),
        ('[](https://example.com "a>b")', "Nobody could see this comment"),
        ("```\n```", "Nobody could see this comment"),
        ("`\u00a0`", "Nobody could see this comment"),
        ("nul\0 byte", "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_taken_comes_back_in_its_form_with_the_reason(client, post, reader, body, reason):
    response = send(client, body)

    assert response.status_code == 200
    assert reason in response.content.decode()
    assert kept(response) == body
    assert not Comment.objects.exists()


def test_what_is_too_long_is_not_rendered_first(client, post, reader, monkeypatch):
    monkeypatch.setattr("blog.markdown.render_comment", lambda *_args: pytest.fail("rendered"))

    response = send(client, "x" * 5001)

    assert b"A comment has at most 5000 characters" in response.content


def test_5000_characters_are_taken_a_line_break_counting_one(client, post, reader):
    send(client, "x\r\n" * 2499 + "yz")

    assert len(Comment.objects.get().body) == 5000


def test_a_visitor_keeps_the_text_and_logs_in_on_the_same_page(client, post):
    user = UserFactory(email="rea@example.com")

    asked = send(client, "My words.")
    wrong = send(client, "My words.", username="rea@example.com", password="wrong")
    nothing_yet = Comment.objects.count()
    sent = send(client, "My words.", username="REA@example.com", password="correct horse battery")

    assert (asked.status_code, kept(asked)) == (403, "My words.")
    assert (wrong.status_code, kept(wrong), nothing_yet) == (403, "My words.", 0)
    assert b"belong together" in wrong.content
    comment = Comment.objects.get()
    assert (comment.author, comment.body) == (user, "My words.")
    assert sent.url == f"/post/bread/#comment-{comment.pk}"


def test_an_expired_form_keeps_the_text_and_can_be_sent_again(post):
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())

    expired = send(client, "My words.", csrfmiddlewaretoken="old")
    nothing_yet = Comment.objects.count()
    send(client, "My words.", csrfmiddlewaretoken=token_of(expired))

    assert (expired.status_code, kept(expired), nothing_yet) == (403, "My words.", 0)
    assert b"This form had expired" in expired.content
    assert Comment.objects.get().body == "My words."


def test_an_expired_form_of_a_visitor_offers_the_log_in_too(post):
    expired = send(Client(enforce_csrf_checks=True), "My words.")

    assert (expired.status_code, kept(expired)) == (403, "My words.")
    assert b'name="password"' in expired.content


@pytest.mark.parametrize("is_logged_in", [True, False])
def test_a_post_that_was_closed_meanwhile_gives_the_text_back(client, post, is_logged_in):
    Post.objects.filter(pk=post.pk).update(comments_open=False)
    if is_logged_in:
        client.force_login(UserFactory())

    response = send(client, "My words.")

    assert response.status_code == 403
    assert b"were closed in the meantime" in response.content
    assert b"My words.</textarea>" in response.content
    assert not Comment.objects.exists()


@pytest.mark.parametrize("expired", [True, False])
def test_a_post_that_was_withdrawn_meanwhile_gives_the_text_back_and_tells_nothing_of_itself(expired):
    PostFactory(slug="bread", title="Secret", draft=True)
    client = Client(enforce_csrf_checks=expired)
    client.force_login(UserFactory())

    response = send(client, "My words.")

    assert response.status_code == (403 if expired else 404)
    assert b"There is no such post any more" in response.content
    assert b"My words.</textarea>" in response.content
    assert b"Secret" not in response.content


def test_what_another_site_sends_is_not_shown(post):
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())

    response = client.post("/post/bread/comment/", {"body": "Spam."}, headers={"origin": "https://evil.example"})

    assert response.status_code == 403
    assert b"Spam." not in response.content


def test_words_that_were_hidden_are_not_brought_back_by_sending_them_again(client, post, reader):
    send(client)
    Comment.objects.update(state="removed")

    page = client.get(send(client).url).content

    assert b"A moderator has hidden this comment." in page
    assert Comment.objects.get().state == "removed"


@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_nobody_comments_on_what_is_not_published(client, state):
    author = UserFactory(is_staff=True, groups=["Authors"])
    PostFactory(slug="bread", author=author, **{state: True})
    client.force_login(author)

    assert send(client).status_code == 404
    assert not Comment.objects.exists()


def test_an_address_that_changed_meanwhile_still_takes_it(client, post, reader):
    post.slug = "sourdough"
    post.save()

    response = send(client)

    assert response.url == f"/post/sourdough/#comment-{Comment.objects.get().pk}"


@pytest.mark.parametrize("before", [0, COMMENTS_A_PAGE - 1])
def test_the_same_words_sent_again_are_one_comment(client, post, reader, before):
    other = UserFactory()
    Comment.objects.bulk_create(Comment(post=post, author=other, body=str(n)) for n in range(before))

    first, second = send(client), send(client)

    assert first.url == second.url
    assert Comment.objects.count() == before + 1


def test_words_sent_again_cost_no_more(client, post, reader, django_assert_num_queries):
    send(client)

    # post, session, user, savepoint, twin's id, twin, savepoint's end, comments beyond a page
    with django_assert_num_queries(8):
        send(client)


def test_the_same_words_are_another_comment_elsewhere_later_or_by_somebody_else(client, post, reader):
    PostFactory(slug="other")
    CommentFactory(post=post, body="Well *said*.", created_at=timezone.now())
    send(client)
    Comment.objects.filter(author=reader).update(created_at=timezone.now() - timezone.timedelta(minutes=11))

    send(client)
    send(client, slug="other")

    assert Comment.objects.filter(author=reader).count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_double_click_posts_once():
    post, user, answers = PostFactory(slug="bread"), UserFactory(), []

    def click():
        client = Client()
        client.force_login(user)
        answers.append(send(client).url)
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert answers == [f"/post/bread/#comment-{post.comments.get().pk}"] * 4


def test_nobody_writes_in_another_ones_name_or_state(client, post, reader):
    other = CommentFactory(post=post)
    send(client, author=other.author_id, state="held", parent=other.pk, body_format="plain", post=PostFactory().pk)

    comment = Comment.objects.get(author=reader)
    assert (comment.post, comment.state, comment.parent, comment.body_format) == (post, "visible", None, "markdown")


def test_the_address_of_the_form_leads_to_the_form(client, post):
    assert client.get("/post/bread/comment/").url == "/post/bread/#comment-new"


def test_it_costs_few_queries(client, post, reader, django_assert_num_queries):
    # post, session, user, savepoint, twin's id, comment, savepoint's end
    with django_assert_num_queries(7) as queries:
        send(client)

    assert queries[5]["sql"].endswith('RETURNING "blog_comment"."id"')
