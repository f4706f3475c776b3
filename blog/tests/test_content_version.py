from datetime import timedelta

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from blog import content_version as module
from blog.models import Comment, Post, PostSlug, PostTag, Tag
from blog.tests.factories import CommentFactory, PostFactory, TagFactory, UserFactory
from bloggy.tests import databases

pytestmark = pytest.mark.django_db(transaction=True)


def content_version():
    return module.content_version()[0]


def steps():
    """Return how many steps there were since the migration."""
    return sql("SELECT sum(changes) FROM content_version")


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


@pytest.fixture
def post(db):
    post = PostFactory(tags=1)
    CommentFactory(post=post)
    PostSlug.objects.create(slug="former", post=post)
    return post


@pytest.mark.parametrize(
    "change",
    [
        lambda post: post.save(),
        lambda post: Post.objects.update(title="Another"),
        lambda post: PostFactory(),
        lambda post: post.delete(),
        lambda post: Tag.objects.update(name="Another"),
        lambda post: TagFactory(),
        lambda post: PostTag.objects.all().delete(),
        lambda post: PostSlug.objects.all().delete(),
        lambda post: CommentFactory(post=post),
        lambda post: Comment.objects.update(state="removed"),
        lambda post: Comment.objects.all().delete(),
        lambda post: type(post.author).objects.update(first_name="Another"),
        lambda post: type(post.author).objects.update(bio="Another."),
        lambda post: sql("TRUNCATE blog_comment"),
        lambda post: sql("UPDATE blog_post SET published_at = published_at - interval '1 day'"),
    ],
)
def test_it_moves_with_what_readers_see_whoever_changes_it(post, change):
    before = content_version()

    change(post)

    assert content_version() != before


@pytest.mark.parametrize(
    "change",
    [
        lambda user: type(user).objects.update(last_login=timezone.now(), password="!"),
        lambda user: UserFactory(),
        lambda user: user.groups.add(Group.objects.create(name="Friends")),
    ],
)
def test_it_stays_with_what_readers_do_not_see(change):
    user = UserFactory()
    before = content_version()

    change(user)

    assert content_version() == before


def test_a_post_that_becomes_due_is_a_change(post):
    soon = PostFactory(published_at=timezone.now() + timedelta(seconds=0.4))
    before = content_version()

    sql("SELECT pg_sleep(0.5)")

    assert content_version() != before
    assert soon.published_at < timezone.now()


def test_what_is_rolled_back_is_no_change_and_the_next_one_is(post):
    before = content_version()

    with transaction.atomic():
        with transaction.atomic():
            post.save()
            transaction.set_rollback(True)
        rolled_back = content_version()
        post.save()
        changed = content_version()

    assert rolled_back == before
    assert content_version() == changed != before


def test_a_transaction_of_many_changes_takes_one_step(post):
    before = steps()

    with transaction.atomic():
        for _ in range(3):
            post.save()

    assert steps() == before + 1


@pytest.fixture
def writers(transactional_db):
    """Two connections of other instances, each in a transaction; none waits for a lock for more than a second."""
    url = databases.url_of(connection.settings_dict)
    with psycopg.connect(url, options="-c lock_timeout=1s") as one, psycopg.connect(url) as other:
        yield one, other


def test_writers_do_not_wait_for_each_other_and_each_counts(post, writers):
    one, other = writers
    before, known = steps(), content_version()
    one.execute("UPDATE blog_tag SET name = name")
    other.execute("UPDATE blog_comment SET body = body")
    unseen = content_version()
    other.commit()
    seen = steps()
    one.commit()

    assert unseen == known
    assert (seen, steps()) == (before + 1, before + 2)


def test_a_connection_that_goes_on_after_its_transaction_counts_again(post, writers):
    one, _other = writers
    before = steps()
    for _ in range(3):
        one.execute("UPDATE blog_tag SET name = name")
        one.commit()

    assert steps() == before + 3


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_a_stricter_transaction_does_not_fail_for_what_others_count_meanwhile(post, writers, level):
    one, other = writers
    before = steps()
    for writer in writers:
        writer.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
        writer.execute("SELECT 1")  # from here on it sees nothing of others
    post.save()
    one.execute("INSERT INTO blog_tag (name, slug) VALUES ('one', 'one')")
    other.execute("INSERT INTO blog_tag (name, slug) VALUES ('other', 'other')")
    one.commit()
    other.commit()

    assert steps() == before + 3


def test_it_takes_no_right_but_to_the_table_that_is_written():
    function = "FROM pg_proc WHERE proname = 'content_changed'"

    assert sql(f"SELECT prosecdef {function}")  # it has its owner's rights
    assert sql(f"SELECT proconfig {function}") == ['search_path=""']  # and looks for nothing in the caller's schemas


def test_it_moves_too_where_ordinary_triggers_are_off():
    fired = "SELECT array_agg(DISTINCT tgenabled::text) FROM pg_trigger WHERE tgname LIKE 'content_%'"

    assert sql(fired) == ["A"]  # session_replication_role = replica, for a load or a repair


def test_emptying_the_tables_does_not_set_it_back(post):
    before = steps()

    call_command("flush", interactive=False, verbosity=0)

    assert steps() > before


def test_it_tells_when_the_next_scheduled_post_is_due(post):
    nothing = module.content_version()[1]
    for hours in (3, 2):
        PostFactory(published_at=timezone.now() + timedelta(hours=hours))

    assert nothing is None
    assert 7190 < module.content_version()[1] <= 7200


def test_the_server_s_start_and_the_table_are_part_of_it():
    parts = content_version().split()

    assert parts[0] == str(sql("SELECT extract(epoch FROM pg_postmaster_start_time())"))
    assert parts[1] == str(sql("SELECT 'content_version'::regclass::oid"))


def test_it_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        content_version()
