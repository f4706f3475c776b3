import pytest
from django.conf import settings
from django.urls import reverse

from blog.models import Comment
from blog.tests.factories import NOON, CommentFactory, PostFactory
from blog.tests.feed_rules import ATOM, assert_a_new_answer_follows, atom, parsed

pytestmark = pytest.mark.django_db
URL = reverse("blog:comment_feed")


def test_an_entry_has_everything_of_its_comment(client):
    post = PostFactory(title="Bread", slug="bread")
    comment = CommentFactory(
        post=post, body="*Yes*, [so](/x)", author__first_name="Bob", author__last_name="Lee", created_at=NOON
    )

    (entry,) = parsed(client.get(URL)).entries

    assert entry.title == "Bob Lee on “Bread”"
    assert entry.link == settings.SITE_URL + comment.get_absolute_url()
    assert entry.id == f"{settings.SITE_URL}/post/{post.pk}#comment-{comment.pk}"
    assert entry.updated == "2024-05-01T12:00:00+00:00"
    assert entry.author == "Bob Lee"
    assert f'href="{settings.SITE_URL}/x"' in entry.content[0].value


def test_it_holds_visible_comments_on_published_posts_only(client):
    for state in (Comment.State.HELD, Comment.State.REMOVED):
        CommentFactory(state=state)
    CommentFactory(post=PostFactory(draft=True))
    CommentFactory(post=PostFactory(scheduled=True))
    comment = CommentFactory()

    (entry,) = atom(client.get(URL)).findall(f"{ATOM}entry")

    assert entry.findtext(f"{ATOM}id").endswith(f"#comment-{comment.pk}")


def test_it_holds_the_twenty_newest(client):
    newest = CommentFactory.create_batch(22, post=PostFactory())[-1]

    entries = atom(client.get(URL)).findall(f"{ATOM}entry")

    assert len(entries) == 20
    assert entries[0].findtext(f"{ATOM}id").endswith(f"#comment-{newest.pk}")


def test_it_costs_two_queries_for_many_writers_and_posts(client, django_assert_num_queries):
    CommentFactory.create_batch(5)

    with django_assert_num_queries(2) as queries:  # the version; comments with authors and posts
        client.get(URL)

    assert not [column for column in ("body", "body_html", "search") if f'"blog_post"."{column}"' in queries[1]["sql"]]


def test_a_new_a_hidden_and_a_removed_comment_give_a_new_answer(client):
    older, newer = CommentFactory(), CommentFactory()
    changes = [CommentFactory, Comment.objects.filter(pk=older.pk).hide, newer.delete]

    for change in changes:
        assert_a_new_answer_follows(change, client, URL)


def test_hostile_texts_and_what_xml_cannot_hold_do_no_harm(client):
    hostile = "<script>]]>\x01\x0b\ufffe"
    CommentFactory(body=hostile, post__title=hostile, author__first_name=hostile)

    (entry,) = atom(client.get(URL)).findall(f"{ATOM}entry")

    assert "<script" not in entry.findtext(f"{ATOM}content")


def test_without_comments_it_is_valid(client):
    assert atom(client.get(URL)).find(f"{ATOM}entry") is None
