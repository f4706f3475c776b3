import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from blog.models import Comment
from blog.tests.factories import NOON, CommentFactory, PostFactory, UserFactory

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"


def url(post):
    return reverse("blog:post_detail", args=[post.slug])


def comment_ids(response):
    return [int(pk) for pk in re.findall(r'<li class="comment" id="comment-(\d+)"', response.content.decode())]


def test_it_shows_the_post_with_author_date_and_tags(client):
    post = PostFactory(title="Bread", body="Some *good* words.", published_at=NOON, tags=1)

    page = client.get(url(post)).content.decode()

    assert '<h1 class="post__title" dir="auto">Bread</h1>' in page
    assert re.search(r'<div class="post__body"[^>]*><p>Some <em>good</em> words.</p>', page)
    assert post.author.public_name in page
    assert '<time datetime="2024-05-01T12:00:00+0000">May 1, 2024</time>' in page
    assert post.tags.get().name in page
    assert page.count("<article") == 1


def test_it_costs_three_queries_for_many_comments_and_tags(client, django_assert_num_queries):
    post = PostFactory(tags=3)
    PostFactory.create_batch(5, tags=post.tags.all())
    CommentFactory.create_batch(5, post=post)

    # the version; post with author, tags, the posts before and after, related ones; comments with authors
    with django_assert_num_queries(3):
        response = client.get(url(post))

    assert len(comment_ids(response)) == 5


def test_comments_stand_oldest_first_with_author_and_date(client):
    post = PostFactory()
    late = CommentFactory(post=post, created_at=NOON + timedelta(days=1))
    early = CommentFactory(post=post, created_at=NOON, author__last_name="Early")

    response = client.get(url(post))

    assert comment_ids(response) == [early.pk, late.pk]
    assert b"Ada Early" in response.content
    assert b"2024-05-01T12:00:00+0000" in response.content
    assert b"2 comments" in response.content


def test_held_and_removed_comments_are_left_out(client):
    post = PostFactory()
    CommentFactory(post=post, state=Comment.State.HELD)
    CommentFactory(post=post, state=Comment.State.REMOVED)

    assert comment_ids(client.get(url(post))) == []


def test_a_page_holds_two_hundred_comments_and_links_lead_on_and_back(client):
    post = PostFactory()
    author = UserFactory()
    Comment.objects.bulk_create(Comment(post=post, author=author, body="x", created_at=NOON) for _ in range(203))
    everything = list(post.comments.order_by("id").values_list("pk", flat=True))

    first = client.get(url(post))
    later = re.search(r'href="(\?after=[^#"]+)#comments"', first.content.decode())[1]
    second = client.get(url(post) + later)
    earlier = re.search(r'href="(\?before=[^#"]+)#comments"', second.content.decode())[1]

    assert comment_ids(first) == everything[:200]
    assert comment_ids(second) == everything[200:]
    assert comment_ids(client.get(url(post) + earlier)) == everything[:200]


def test_hostile_text_is_text_wherever_it_stands(client):
    for body_format in ("markdown", "plain"):
        post = PostFactory(title=HOSTILE, body=HOSTILE, body_format=body_format, author__first_name=HOSTILE, tags=1)
        post.tags.update(name=HOSTILE + body_format)
        CommentFactory(post=post, body=HOSTILE, body_format=body_format, author__first_name=HOSTILE)

        page = client.get(url(post)).content.decode()

        assert "<script>" not in page
        assert page.count("&lt;script&gt;") >= 7


def test_it_names_its_own_address_and_may_be_indexed(client):
    post = PostFactory()

    page = client.get(url(post)).content.decode()

    assert f'<link rel="canonical" href="http://127.0.0.1:8000{url(post)}">' in page
    assert "noindex" not in page
    assert "canonical" not in client.get(url(post), {"after": "1-1"}).content.decode()


@pytest.mark.parametrize("is_open", [True, False])
def test_it_says_where_comments_are_closed(client, is_open):
    post = PostFactory(comments_open=is_open)

    assert (b"Comments are closed." in client.get(url(post)).content) is not is_open


def test_beyond_the_last_comment_there_is_a_way_back(client):
    post = PostFactory()
    CommentFactory(post=post)

    page = client.get(url(post), {"after": "9999999999999999-1"}).content

    assert b"No further comments" in page
    assert b'<a href="?#comments">' in page


def test_an_old_plain_text_looks_as_it_did(client):
    post = PostFactory(body="a *b*\n  c <b>", body_format="plain")

    page = client.get(url(post)).content.decode()

    assert '<div class="post__body" data-format="plain" dir="auto"><p>a *b*<br>  c &lt;b&gt;</p></div>' in page


@pytest.mark.parametrize(("due_in", "is_public"), [(-1, True), (1, False)])
def test_postgresql_s_clock_alone_says_whether_a_post_is_scheduled(client, monkeypatch, due_in, is_public):
    post = PostFactory(published_at=timezone.now() + timedelta(hours=due_in))
    client.force_login(UserFactory(superuser=True))
    monkeypatch.setattr(timezone, "now", lambda: post.published_at + timedelta(seconds=due_in))  # this machine's

    page = client.get(url(post)).content.decode()

    # A visitor's page is kept until something changes, and must not say "Scheduled" for so long.
    assert ("Readers see this page from" in page) is not is_public
    assert ('<meta name="robots" content="noindex">' in page) is not is_public
    assert ('id="comment-new"' in page) is is_public


@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_what_is_not_published_is_not_found(client, state):
    post = PostFactory(**{state: True})

    assert client.get(url(post)).status_code == 404


@pytest.mark.parametrize(
    ("state", "mark"), [("draft", b"Readers cannot see"), ("scheduled", b"Readers see this page from")]
)
def test_who_may_edit_a_post_sees_it_with_a_clear_mark(client, state, mark):
    author, other = UserFactory(is_staff=True, groups=["Authors"]), UserFactory(is_staff=True, groups=["Authors"])
    editor = UserFactory(is_staff=True, groups=["Editors"])
    post = PostFactory(author=author, **{state: True})

    answers = {}
    for user in (author, other, editor):
        client.force_login(user)
        answers[user] = client.get(url(post))

    assert [answers[user].status_code for user in (author, other, editor)] == [200, 404, 200]
    assert mark in answers[author].content
    assert b'<meta name="robots" content="noindex">' in answers[author].content


def test_a_post_that_was_written_without_rendering_is_rendered_when_shown(client):
    post = PostFactory(body="*so*")
    type(post).objects.filter(pk=post.pk).update(renderer=0, body_html="")

    assert b"<p><em>so</em></p>" in client.get(url(post)).content


@pytest.mark.parametrize("path", ["/post/%00/", "/post/a%2fb/", "/post/%ff/", "/post/" + "a" * 101 + "/", "/post//"])
def test_an_address_that_no_post_can_have_is_not_found(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("query", ["before=x", "after=1", "before=1-1&after=1-1"])
def test_a_malformed_page_of_comments_is_not_found(client, query):
    assert client.get(f"{url(PostFactory())}?{query}").status_code == 404


def test_a_visitor_is_led_to_log_in_and_the_page_carries_no_token(client):
    post = PostFactory()

    response = client.get(url(post))

    page = response.content.decode()
    assert f'href="{reverse("login")}?next={url(post)}%23comment-new"' in page
    assert "csrfmiddlewaretoken" not in page
    assert "<form" not in page
    assert not response.cookies


def test_a_reader_finds_the_form_and_pays_for_session_and_account_only(client, django_assert_num_queries):
    post = PostFactory(tags=3)
    CommentFactory.create_batch(5, post=post)
    client.force_login(UserFactory())

    with django_assert_num_queries(5):  # the version, session, user, and the two of a visitor
        page = client.get(url(post)).content.decode()

    assert f'action="{reverse("blog:comment_new", args=[post.slug])}"' in page
    assert "Log in to comment" not in page


@pytest.mark.parametrize("state", [{"comments_open": False}, {"draft": True}])
def test_where_no_comment_is_taken_there_is_no_form(client, state):
    post = PostFactory(**state)
    client.force_login(UserFactory(superuser=True))

    assert 'id="comment-new"' not in client.get(url(post)).content.decode()


@pytest.mark.parametrize(
    ("role", "is_own", "found"), [("Authors", True, 1), ("Authors", False, 0), ("Editors", False, 1)]
)
def test_who_may_edit_the_post_finds_a_link_to_its_form(client, role, is_own, found):
    user = UserFactory(is_staff=True, groups=[role])
    post = PostFactory(author=user if is_own else UserFactory())
    client.force_login(user)

    page = client.get(url(post)).content.decode()

    assert page.count(f'href="{reverse("admin:blog_post_change", args=[post.pk])}"') == found


def test_the_posts_author_is_marked_among_the_comments(client):
    post = PostFactory()
    CommentFactory(post=post, author=post.author)
    CommentFactory(post=post)

    assert client.get(url(post)).content.decode().count("author of this post") == 1
