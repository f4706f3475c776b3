from datetime import UTC, datetime
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from blog.demo import plan, posts, seeding
from blog.demo.people import AUTHORS, READERS
from blog.demo.pool import pool
from blog.markdown import RENDERER
from blog.models import Comment, Post, PostTag
from blog.tests.factories import NOON, PostFactory, TagFactory

pytestmark = pytest.mark.django_db

POST_VALUES = (
    *("title", "slug", "body", "body_html", "renderer", "words", "excerpt", "author__email"),
    *("published_at", "created_at", "updated_at", "comments_open", "is_featured", "version"),
)
COMMENT_VALUES = ("post__slug", "author__email", "parent__body", "body", "body_html", "state", "created_at")


def seed_demo(*arguments, **options):
    """Run the command; return what it prints."""
    call_command("seed_demo", *arguments, **options, stdout=(output := StringIO()))
    return output.getvalue()


def rows():
    """Return all that the demo consists of, but for ids and the random part of an unusable password."""
    return {
        "posts": list(Post.objects.order_by("id").values_list(*POST_VALUES)),
        "tags": list(PostTag.objects.order_by("id").values_list("post__slug", "tag__slug", "published_at")),
        "comments": list(Comment.objects.order_by("id").values_list(*COMMENT_VALUES)),
        "people": list(User.objects.order_by("email").values_list("email", "first_name", "last_name", "date_joined")),
    }


def rows_of_a_run(**options):
    """Return the rows of a run that is rolled back."""
    with transaction.atomic():
        seed_demo(**options)
        found = rows()
        transaction.set_rollback(True)
    return found


def test_it_brings_posts_and_comments_up_to_the_numbers_and_says_so():
    output = seed_demo(posts=4, comments=9)

    assert (Post.objects.count(), Comment.objects.count()) == (4, 9)
    assert output == "Demo posts: 4, of which new: 4.\nDemo comments: 9, of which new: 9.\n"


def test_without_numbers_it_writes_thirty_posts_and_two_comments_for_each():
    seed_demo()

    assert (Post.objects.count(), Comment.objects.count()) == (30, 60)


def test_a_second_run_adds_nothing():
    seed_demo(posts=4, comments=9)
    before = rows()

    output = seed_demo(posts=4, comments=9)

    assert rows() == before
    assert output == "Demo posts: 4, of which new: 0.\nDemo comments: 9, of which new: 0.\n"


def test_smaller_numbers_take_nothing_away():
    seed_demo(posts=4, comments=9)

    seed_demo(posts=2, comments=1)

    assert (Post.objects.count(), Comment.objects.count()) == (4, 9)


def test_growing_adds_what_is_lacking_to_what_is_there():
    seed_demo(posts=3, comments=5)
    before = set(Post.objects.values_list("id", "title")), set(Comment.objects.values_list("id", "body"))

    seed_demo(posts=8, comments=12)

    after = set(Post.objects.values_list("id", "title")), set(Comment.objects.values_list("id", "body"))
    assert before[0] < after[0]
    assert before[1] < after[1]
    assert (len(after[0]), len(after[1])) == (8, 12)


def test_two_runs_write_the_same_rows():
    first = rows_of_a_run(posts=6, comments=25)

    second = rows_of_a_run(posts=6, comments=25)

    assert first == second
    assert len(first["posts"]) == 6


def test_a_post_does_not_depend_on_how_many_there_are():
    few = rows_of_a_run(posts=2, comments=0)

    many = rows_of_a_run(posts=7, comments=0)

    assert few["posts"] == many["posts"][:2]


def test_an_interrupted_run_is_completed_by_the_next(monkeypatch):
    monkeypatch.setattr(posts, "BATCH", 4)
    expected = rows_of_a_run(posts=10, comments=15)

    def interrupt(_rows):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seeding.seed(10, 15, progress=interrupt)
    there = Post.objects.count()
    seed_demo(posts=10, comments=15)

    assert there == 4
    assert rows() == expected


def test_a_deleted_demo_post_comes_back_and_no_other_twice():
    seed_demo(posts=5, comments=0)
    slug = plan.slug_of(1)
    Post.objects.get(slug=slug).delete()

    seed_demo(posts=5, comments=0)

    assert set(Post.objects.values_list("slug", flat=True)) == {plan.slug_of(index) for index in range(5)}


def test_a_demo_post_that_got_another_date_is_not_made_again():
    seed_demo(posts=5, comments=0)
    Post.objects.filter(slug=plan.slug_of(1)).update(published_at=NOON)

    seed_demo(posts=5, comments=0)

    assert Post.objects.count() == 5


def test_two_hundred_posts_take_no_query_each(django_assert_max_num_queries):
    seed_demo(posts=1, comments=0)

    with django_assert_max_num_queries(50):  # most of them: one for each of the tags
        seed_demo(posts=200, comments=0)

    assert Post.objects.count() == 200


def test_demo_people_can_not_log_in_and_are_no_staff():
    seed_demo(posts=1, comments=1)

    people = User.objects.all()

    assert len(people) == len(AUTHORS) + len(READERS)
    assert {user.email.partition("@")[2] for user in people} == {"demo.invalid"}
    assert not any(user.has_usable_password() or user.is_staff or user.is_superuser for user in people)


def test_posts_are_stored_as_rendered_with_their_tags_dates():
    seed_demo(posts=4, comments=0)

    post = Post.objects.get(slug=plan.slug_of(0))

    assert post.renderer == RENDERER
    assert '<div class="table-scroll"' in post.body_html
    assert post.words > 200
    assert post.excerpt.startswith("The conductor wears slippers after midnight.")
    assert {tag.name for tag in post.tags.all()} == set(plan.entry_of(0).tags)
    assert not PostTag.objects.exclude(published_at=F("post__published_at")).exists()
    assert not Post.objects.exclude(updated_at=F("published_at")).exists()


def test_comments_follow_their_post_and_replies_their_comment():
    pairs = [pair for entry in pool() for pair in pairwise(entry.remarks)]
    seed_demo(posts=6, comments=60)

    comments = Comment.objects.select_related("post", "parent")
    replies = [comment for comment in comments if comment.parent]

    assert replies
    assert all(comment.post.published_at < comment.created_at for comment in comments)
    assert all(reply.author_id == reply.post.author_id and not reply.parent.parent_id for reply in replies)
    assert all(reply.post_id == reply.parent.post_id for reply in replies)
    assert {(reply.parent.body, reply.body) for reply in replies} <= {(one.text, two.text) for one, two in pairs}
    assert all(reply.parent.created_at < reply.created_at for reply in replies)
    assert len({(comment.post_id, comment.body) for comment in comments}) == 60


def test_nothing_is_scheduled():
    seed_demo(posts=40, comments=80)

    newest_comment = Comment.objects.latest("created_at").created_at

    assert Post.objects.published().count() == 40
    assert newest_comment < datetime(2026, 1, 1, tzinfo=UTC) < timezone.now()


def test_a_post_that_has_the_address_already_keeps_it():
    own = PostFactory(slug=plan.slug_of(0))
    PostFactory(slug=f"{plan.slug_of(0)}-2")

    seed_demo(posts=3, comments=0)

    own.refresh_from_db()
    assert own.slug == plan.slug_of(0)
    assert Post.objects.get(title=plan.title_of(0)).slug == f"{plan.slug_of(0)}-3"
    assert Post.objects.count() == 5


def test_a_tag_that_is_there_is_used():
    own = TagFactory(name="Trains", slug="railways")

    seed_demo(posts=1, comments=0)

    assert own.posts.count() == 1


def test_in_production_it_leaves_a_blog_with_other_posts_as_it_is(settings):
    settings.PRODUCTION = True
    PostFactory()

    with pytest.raises(CommandError, match="in production it is left as it is"):
        seed_demo(posts=3)

    assert (Post.objects.count(), User.objects.count()) == (1, 1)


def test_in_production_it_fills_a_blog_without_other_posts(settings):
    settings.PRODUCTION = True
    seed_demo(posts=2)

    seed_demo(posts=3)

    assert Post.objects.count() == 3


@pytest.mark.parametrize("number", ["-1", "x", "5000001", "1e3", ""])
def test_a_number_out_of_bounds_is_refused_in_one_line(number):
    with pytest.raises(CommandError, match=r"is not a number from 0 to 5000000$"):
        seed_demo(f"--posts={number}")


def test_comments_without_any_post_are_refused():
    with pytest.raises(CommandError, match="Comments need a post"):
        seed_demo(posts=0, comments=5)
