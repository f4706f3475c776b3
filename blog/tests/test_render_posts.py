from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection

from blog import checks, rerendering
from blog.markdown import RENDERER
from blog.models import Post
from blog.tests.factories import NOON, PostFactory

pytestmark = pytest.mark.django_db
NOTHING = "Nothing to do: no post was rendered by an older Bloggy.\n"
MADE = ("body_html", "renderer", "words", "excerpt")


def render_posts(*arguments, **options):
    """Run the command; return what it prints."""
    call_command("render_posts", *arguments, **options, stdout=(output := StringIO()))
    return output.getvalue()


def older(renderer=RENDERER - 1, **values):
    """Return a post as an older renderer made it."""
    post = PostFactory(**values)
    Post.objects.filter(pk=post.pk).update(
        body_html="<p>old</p>", renderer=renderer, words=0, excerpt="old", updated_at=NOON
    )
    return post


def stored(post):
    return Post.objects.values(*MADE).get(pk=post.pk)


def test_posts_of_an_older_renderer_become_what_saving_them_would_make():
    posts = [
        older(body="*a* b", summary="A  summary"),
        older(body="c <d>\n\n\ne", body_format="plain"),
        older(renderer=0),
        older(draft=True),
        older(scheduled=True),
        older(body=""),
    ]

    output = render_posts()

    assert output == "Rendered: 6.\n"
    for post in posts:
        post.render()
        assert stored(post) == {name: getattr(post, name) for name in MADE}
        assert post.renderer == RENDERER


def test_nothing_else_changes():
    post, other = older(tags=2), PostFactory()
    before = Post.objects.order_by("pk").values()

    rows = list(before)
    render_posts()

    after = list(before.all())
    changed = [{name for name in now if now[name] != then[name]} for then, now in zip(rows, after, strict=True)]
    assert changed == [set(MADE), set()]
    assert not post.former_slugs.exists()
    assert after[1]["id"] == other.pk


def test_a_second_run_has_nothing_to_do_and_says_so():
    older()
    render_posts()

    assert render_posts() == NOTHING


def test_all_renders_those_of_today_too():
    post = PostFactory()
    Post.objects.filter(pk=post.pk).update(body_html="<p>in another language</p>")

    assert render_posts() == NOTHING
    assert render_posts("--all") == "Rendered: 1.\n"
    assert stored(post)["body_html"] == post.body_html


def test_what_a_newer_renderer_made_is_left_alone():
    post = older(renderer=RENDERER + 1)

    assert render_posts() == NOTHING
    assert render_posts("--all") == NOTHING
    assert stored(post)["body_html"] == "<p>old</p>"


def test_a_dry_run_writes_nothing():
    post = older()

    assert render_posts("--dry-run") == "To render: 1.\n"
    assert stored(post)["renderer"] == RENDERER - 1


def test_it_can_be_silent(capfd):
    older()

    assert render_posts(verbosity=0) == ""
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "change",
    [{"body": "New."}, {"summary": "New."}, {"body_format": "plain"}, {"version": 2}, {"renderer": RENDERER + 1}],
)
def test_what_somebody_changes_while_it_is_rendered_is_left_as_they_saved_it(monkeypatch, change):
    post = older(body="*a*")
    render = Post.render

    def change_meanwhile(self):
        Post.objects.filter(pk=post.pk).update(**change)
        render(self)

    monkeypatch.setattr(Post, "render", change_meanwhile)

    output = render_posts()

    assert output == "Rendered: 0. Changed meanwhile by others: 1.\n"
    assert stored(post)["body_html"] == "<p>old</p>"


def test_a_post_that_is_deleted_meanwhile_is_no_error(monkeypatch):
    posts = [older(), older()]
    render = Post.render
    monkeypatch.setattr(Post, "render", lambda self: Post.objects.filter(pk=posts[0].pk).delete() and render(self))

    assert render_posts() == "Rendered: 1. Changed meanwhile by others: 1.\n"


@pytest.mark.parametrize("bounds", [(2, 1_000_000), (200, 1)])
def test_few_posts_are_in_memory_at_once(monkeypatch, bounds, django_assert_num_queries):
    monkeypatch.setattr(rerendering, "BATCH_POSTS", bounds[0])
    monkeypatch.setattr(rerendering, "BATCH_BYTES", bounds[1])
    for _ in range(4):
        older()
    batches = {2: 2, 200: 4}[bounds[0]]

    # the number of posts; ids and bodies of each batch, and the ids of none; two and a savepoint's two for each post
    with django_assert_num_queries(1 + 2 * batches + 1 + 4 * 4):
        assert render_posts() == "Rendered: 4.\n"


def test_stopped_it_says_how_to_go_on_and_keeps_what_is_done(monkeypatch):
    posts = [older(), older()]
    store = rerendering.store

    def store_one(rows, made):
        if Post.objects.filter(renderer=RENDERER).exists():
            raise KeyboardInterrupt
        return store(rows, made)

    with monkeypatch.context() as patch:
        patch.setattr(rerendering, "store", store_one)
        with pytest.raises(CommandError, match=r"^Stopped after 1\. .* run render_posts again") as caught:
            render_posts()

    assert caught.value.returncode == 130
    assert [stored(post)["renderer"] for post in posts] == [RENDERER, RENDERER - 1]
    assert render_posts() == "Rendered: 1.\n"


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_not_migrated_is_one_line():
    with connection.cursor() as cursor:
        cursor.execute("SET search_path TO nowhere")

    with pytest.raises(CommandError, match=r'^PostgreSQL refused: relation "blog_post" does not exist\. Is') as caught:
        render_posts()

    assert infos(include_deployment_checks=True) == []
    connection.close()
    assert "\n" not in str(caught.value)


def infos(**options):
    return [message for message in run_checks(**options) if message.id == "blog.I001"]


def test_the_operator_is_told_how_many_posts_there_are():
    older(), older(), older(renderer=RENDERER + 1), PostFactory()

    (info,) = infos(include_deployment_checks=True)

    assert (info.msg, info.hint) == ("Posts that an older Bloggy rendered: 2.", "Run manage.py render_posts.")
    assert info.level < 30  # a warning would end a deployment that is right
    assert infos() == []  # migrate, runserver
    render_posts()
    assert infos(include_deployment_checks=True) == []


def test_nothing_is_said_where_bin_runs_own_server_cannot_be_started(monkeypatch):
    def fail():
        raise CommandError("mend that")

    monkeypatch.setattr(checks, "to_render", fail)

    assert infos(include_deployment_checks=True) == []
