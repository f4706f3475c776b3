import pytest
from django.urls import reverse

from blog.models import Comment
from blog.tests.factories import NOON, CommentFactory, PostFactory
from blog.tests.feed_rules import ATOM, atom

pytestmark = pytest.mark.django_db


def url(post):
    return reverse("blog:post_comment_feed", args=[post.slug])


def test_it_holds_the_visible_comments_on_the_post_newest_first(client):
    post = PostFactory(title="Bread")
    first, second = CommentFactory.create_batch(2, post=post)
    CommentFactory(post=post, state=Comment.State.HELD)
    CommentFactory()

    root = atom(client.get(url(post)))

    ids = [entry.findtext(f"{ATOM}id").partition("#comment-")[2] for entry in root.findall(f"{ATOM}entry")]
    assert root.findtext(f"{ATOM}title") == "Comments on Bread"
    assert ids == [str(second.pk), str(first.pk)]


def test_it_costs_three_queries_for_many_writers(client, django_assert_num_queries):
    post = PostFactory()
    CommentFactory.create_batch(5, post=post)

    with django_assert_num_queries(3):  # the version; post, comments with authors
        client.get(url(post))


def test_without_comments_it_is_as_old_as_the_post(client):
    post = PostFactory(published_at=NOON)

    assert atom(client.get(url(post))).findtext(f"{ATOM}updated") == NOON.isoformat()


@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_what_is_not_published_has_no_feed_also_for_who_wrote_it(admin, state):
    post = PostFactory(**{state: True})

    assert admin.get(url(post)).status_code == 404


def test_a_former_address_leads_to_todays(client):
    post = PostFactory(slug="first")
    post.slug = "second"
    post.save()

    response = client.get("/post/first/feed/")

    assert (response.status_code, response.url) == (301, "/post/second/feed/")
    assert client.get("/post/unknown/feed/").status_code == 404


def test_the_posts_page_leads_to_it(client):
    post = PostFactory(title='"Bread"')

    page = client.get(post.get_absolute_url()).content.decode()

    assert f'type="application/atom+xml" title="Comments on &quot;Bread&quot;" href="{url(post)}">' in page
