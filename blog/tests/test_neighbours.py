"""Where a post's page leads on to: the posts before and after it, and those about the same things."""

from datetime import timedelta

import pytest
from django.db import connection

from blog import neighbours
from blog.models import Post
from blog.neighbours import with_neighbours
from blog.tests.factories import NOON, PostFactory, TagFactory, UserFactory

pytestmark = pytest.mark.django_db


def loaded(post):
    return with_neighbours(Post.objects.with_tags()).get(pk=post.pk)


def previous_and_next(post):
    return neighbours.previous_and_next(loaded(post))


def related_posts(post):
    return neighbours.related_posts(loaded(post))


def test_the_posts_before_and_after_are_the_next_ones_by_date(client):
    old, middle, new = PostFactory.create_batch(3)
    PostFactory(draft=True), PostFactory(scheduled=True)

    assert previous_and_next(old) == (None, middle)
    assert previous_and_next(middle) == (old, new)
    assert previous_and_next(new) == (middle, None)


def test_posts_of_one_moment_are_walked_through_in_one_order():
    posts = PostFactory.create_batch(4, published_at=NOON)

    assert [previous_and_next(post)[1] for post in posts] == [*posts[1:], None]
    assert [previous_and_next(post)[0] for post in posts] == [None, *posts[:-1]]


def test_a_draft_stands_between_no_posts():
    PostFactory()
    draft = PostFactory(draft=True)

    assert previous_and_next(draft) == (None, None)


def test_the_posts_before_and_after_are_found_by_the_index():
    query, params = with_neighbours(Post.objects.filter(pk=PostFactory().pk)).query.sql_with_params()

    with connection.cursor() as db:
        db.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
        db.execute(f"EXPLAIN {query}", params)
        plan = "\n".join(line for (line,) in db.fetchall())

    assert plan.count("blog_post_newest") == plan.count("ROW(published_at, id)") == 2, plan


def test_related_are_three_posts_most_shared_tags_first_then_the_newest():
    one, two, three = TagFactory.create_batch(3)
    best = PostFactory(tags=[one, two, three])
    good = PostFactory(tags=[one, three])
    PostFactory(tags=[three, *TagFactory.create_batch(4)])
    newest_of_one = PostFactory(tags=[one])
    PostFactory(tags=1), PostFactory()
    post = PostFactory(tags=[one, two, three])

    assert related_posts(post) == [best, good, newest_of_one]


def test_of_related_posts_that_share_as_much_the_newest_stands_first_however_they_are_found():
    one, two = TagFactory.create_batch(2)
    old, new, best = (
        PostFactory(tags=tags, published_at=NOON + timedelta(days))
        for tags, days in (([one], 1), ([one], 2), ([one, two], 0))
    )
    post = PostFactory(tags=[one, two])

    with connection.cursor() as db:
        db.execute("SET LOCAL enable_nestloop = off")

    assert related_posts(post) == [best, new, old]


def test_only_published_posts_are_related():
    tag = TagFactory()
    post = PostFactory(tags=[tag])
    PostFactory(tags=[tag], draft=True), PostFactory(tags=[tag], scheduled=True)

    assert related_posts(post) == []


def test_a_post_without_tags_has_no_related_ones():
    post = PostFactory.create_batch(2)[0]

    assert related_posts(post) == []


def test_they_come_in_their_posts_own_query(django_assert_num_queries):
    tag = TagFactory()
    first, post, last = PostFactory.create_batch(3, tags=[tag])

    with django_assert_num_queries(1):
        post = loaded(post)
        titles = [other.title for other in neighbours.previous_and_next(post)]
        shown = [shown_of(other) for other in neighbours.related_posts(post)]
        assert shown == [shown_of(other) for other in neighbours.related_posts(post)]

    assert titles == [first.title, last.title]
    assert shown == [shown_of(last), shown_of(first)]


def shown_of(post):
    return post.title, post.author.public_name, post.published_at


def test_of_each_tag_no_more_than_the_newest_posts_are_looked_at(monkeypatch):
    monkeypatch.setattr(neighbours, "NEWEST_OF_A_TAG", 2)
    common, rare = TagFactory.create_batch(2)
    far = PostFactory(tags=[common, rare])
    PostFactory(tags=[common])
    near = PostFactory(tags=[common])
    post = PostFactory(tags=[common, rare])

    assert related_posts(post) == [far, near]


def test_the_page_shows_them_between_the_text_and_the_comments(client):
    tag = TagFactory()
    before, post, after = (PostFactory(title=title, tags=[tag]) for title in ("Before", "Now", "After"))
    PostFactory(title="Later", tags=[tag], author=UserFactory(first_name="Bea", last_name="Baker"))

    page = client.get(post.get_absolute_url()).content.decode()

    below = page.partition("</article>")[2].partition('id="comments"')[0]
    assert f'href="{before.get_absolute_url()}" rel="prev"' in below
    assert f'href="{after.get_absolute_url()}" rel="next"' in below
    assert below.count("Before</a>") == below.count("After</a>") == below.count("Later</a>") == 1
    assert "Bea Baker" in below


def test_a_post_alone_has_no_empty_headings(client):
    page = client.get(PostFactory().get_absolute_url()).content.decode()

    assert "Related posts" not in page
    assert "Previous and next post" not in page


def test_hostile_titles_are_text(client):
    hostile, tag = "<script>alert(1)</script>", TagFactory()
    PostFactory(title=hostile, tags=[tag])
    post = PostFactory(title="Now", tags=[tag])

    page = client.get(post.get_absolute_url()).content.decode().partition("<body>")[2]

    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 2
