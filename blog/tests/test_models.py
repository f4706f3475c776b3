import pytest
from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection

from blog import markdown
from blog.models import Comment, Post, Tag
from blog.models.posts import MAX_BODY
from blog.tests.factories import NOON, CommentFactory, PostFactory, TagFactory, UserFactory

pytestmark = pytest.mark.django_db


def found(model, text):
    return set(model.objects.filter(search=SearchQuery(text, config="bloggy")).values_list("pk", flat=True))


def test_saving_a_post_renders_it():
    post = PostFactory(body="Two *words*")

    post.refresh_from_db()

    assert post.body_html == "<p>Two <em>words</em></p>\n"
    assert (post.renderer, post.words, post.excerpt) == (markdown.RENDERER, 2, "Two words")


def test_saving_some_fields_stores_what_follows_from_them():
    post = PostFactory(body="old")
    before = post.updated_at

    post.body = "new"
    post.save(update_fields=["body"])

    post.refresh_from_db()
    assert (post.body, post.body_html, post.version) == ("new", "<p>new</p>\n", 2)
    assert post.updated_at > before


def test_saving_a_post_that_was_loaded_for_a_list_loses_nothing():
    pk = PostFactory(body="text").pk
    post = Post.objects.for_listing().get(pk=pk)

    post.title = "Another"
    post.save()

    post = Post.objects.get(pk=pk)
    assert (post.title, post.body, post.body_html) == ("Another", "text", "<p>text</p>\n")


def test_the_version_counts_saves():
    post = PostFactory()

    post.save()
    post.save()

    post.refresh_from_db()
    assert post.version == 3


def test_saving_a_comment_renders_it():
    comment = CommentFactory(body="*so*")

    comment.body = "*thus*"
    comment.save(update_fields=["body"])

    comment.refresh_from_db()
    assert comment.body_html == "<p><em>thus</em></p>\n"


def test_posts_and_comments_are_found_by_their_words_in_any_form():
    post = PostFactory(title="Baking", body="Two loaves")
    comment = CommentFactory(body="Wonderful loaf", post=post)

    assert found(Post, "bake") == found(Post, "loaves") == {post.pk}
    assert found(Comment, "wonder") == {comment.pk}
    assert found(Post, "wonder") == set()


def test_a_text_as_long_and_hostile_as_can_be_is_stored():
    post = PostFactory(body=" ".join(f"{n:x}-ü{n}" for n in range(80_000)), body_format="plain")

    assert found(Post, "1f-ü31") == {post.pk}


def test_tags_loaded_with_a_post_are_those_that_it_has(django_assert_num_queries):
    post = PostFactory(tags=[TagFactory(name=name) for name in ("Rye", '"Äpfel", {x}, \\', "Oats")])
    PostFactory(tags=1)

    loaded = Post.objects.with_tags().get(pk=post.pk)

    with django_assert_num_queries(0):
        shown = [(tag.pk, tag.name, tag.get_absolute_url()) for tag in loaded.shown_tags]
    assert shown == [(tag.pk, tag.name, tag.get_absolute_url()) for tag in post.tags.all()]
    assert post.shown_tags == loaded.shown_tags
    assert Post.objects.with_tags().get(pk=PostFactory().pk).shown_tags == []


@pytest.mark.parametrize("column", ["search", "body", "email", "password"])
def test_pages_leave_out_what_they_do_not_show(django_assert_num_queries, column):
    CommentFactory(post=PostFactory())

    with django_assert_num_queries(3) as queries:
        list(Post.objects.for_listing()), list(Post.objects.for_page()), list(Comment.objects.for_listing())

    assert not [query["sql"] for query in queries.captured_queries if f'"{column}"' in query["sql"]]


@pytest.mark.parametrize(
    ("constraint", "factory", "values"),
    [
        ("blog_post_slug_key", PostFactory, {"slug": "taken"}),
        ("blog_post_slug_not_a_number", PostFactory, {"slug": "42"}),
        ("blog_post_slug_in_address", PostFactory, {"slug": "two words"}),
        ("blog_post_title_not_empty", PostFactory, {"title": ""}),
        ("blog_post_body_format", PostFactory, {"body_format": "html"}),
        ("blog_tag_name_lower", TagFactory, {"name": "TAKEN"}),
        ("blog_tag_not_empty", TagFactory, {"name": ""}),
        ("blog_tag_slug_in_address", TagFactory, {"slug": "a/b"}),
        ("blog_tag_slug_key", TagFactory, {"slug": "taken"}),
        ("blog_comment_state", CommentFactory, {"state": "lost"}),
        ("blog_comment_format", CommentFactory, {"body_format": "html"}),
    ],
)
def test_the_database_refuses(constraint, factory, values):
    PostFactory(slug="taken", tags=[TagFactory(name="Taken", slug="taken")])

    with pytest.raises(IntegrityError, match=constraint):
        factory(**values)


def test_a_post_bears_a_tag_once():
    post = PostFactory(tags=1)

    with pytest.raises(IntegrityError, match="blog_posttag_once"):
        post.post_tags.create(tag=post.tags.get())


def test_a_comment_is_never_its_own_parent():
    comment = CommentFactory()

    with pytest.raises(IntegrityError, match="blog_comment_not_its_own_parent"):
        Comment.objects.filter(pk=comment.pk).update(parent=comment)


@pytest.mark.parametrize("values", [{"body_format": "rtf"}, {"state": "lost"}])
def test_a_comment_is_checked_by_its_constraints_unless_their_fields_are_left_out(values):
    comment = CommentFactory.build(**values)

    comment.validate_constraints(exclude={"body_format", "state", "parent"})

    with pytest.raises(ValidationError):
        comment.validate_constraints(exclude={"parent"})


def test_a_comment_s_constraints_are_on_no_other_fields_than_those_that_it_looks_for():
    names = {name for each in Comment._meta.constraints for name in each.condition.referenced_base_fields}

    assert names == {"body_format", "state", "parent", "id"}


def test_a_reply_stands_one_level_below_a_comment_on_the_same_post():
    comment = CommentFactory()
    reply = CommentFactory(post=comment.post, parent=comment)

    reply.clean()

    comment.clean()

    itself, moved = Comment.objects.get(pk=comment.pk), Comment.objects.get(pk=comment.pk)
    itself.parent, moved.post = itself, PostFactory()
    below = Comment.objects.get(pk=comment.pk)
    below.parent = CommentFactory(post=comment.post)
    others = [Comment(post=comment.post, parent=reply), Comment(post=PostFactory(), parent=comment)]
    for wrong in (itself, moved, below, *others):
        with pytest.raises(ValidationError):
            wrong.clean()


def test_a_new_comment_has_a_bound_and_an_old_one_has_none():
    Comment(body="x" * 5001, body_format="plain").clean()

    with pytest.raises(ValidationError, match="at most 5000"):
        Comment(body="x" * 5001).clean()


def test_markdown_has_a_bound_and_an_old_plain_text_has_none():
    Post(body="x" * (MAX_BODY + 1), body_format="plain").clean()

    with pytest.raises(ValidationError, match="at most 200000"):
        Post(body="x" * (MAX_BODY + 1)).clean()


@pytest.mark.parametrize(
    ("title", "slug"),
    [("Bread", "bread-3"), ("New", "new"), ("Bre", "bre"), ("Former", "former-2"), ("a " + "b" * 98, "a-3")],
)
def test_a_post_without_an_address_gets_the_first_that_is_free_and_never_was_anothers(title, slug):
    PostFactory(slug="bread"), PostFactory(slug="bread-2")
    PostFactory(slug="a-" + "b" * 98), PostFactory(slug="a-2")
    PostFactory().former_slugs.create(slug="former")
    post = Post(author=UserFactory(), title=title)

    post.choose_slug()

    assert post.slug == slug


def test_a_title_that_gives_no_address_takes_the_posts_number():
    post = Post(author=UserFactory(), title="2024")

    post.choose_slug()
    post.save()

    assert post.slug == f"post-{post.pk}"
    assert PostFactory().pk == post.pk + 1


def test_dumped_data_loads_again_as_it_was(tmp_path):
    post = PostFactory(tags=2)
    CommentFactory(post=post)
    Post.objects.update(created_at=NOON, updated_at=NOON)  # a fixture of Django's keeps milliseconds
    output = tmp_path / "all.jsonl"
    call_command("dumpdata", "blog", "accounts", "--natural-foreign", format="jsonl", output=output, verbosity=0)
    before = list(Post.objects.values()), list(Tag.objects.values()), list(Comment.objects.values())
    Post.objects.all().delete()

    call_command("loaddata", output, verbosity=0)

    assert (list(Post.objects.values()), list(Tag.objects.values()), list(Comment.objects.values())) == before
    connection.check_constraints()
    assert PostFactory().pk == post.pk + 1


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (1, 1), (344, 1), (460, 2), (2300, 10)])
def test_reading_time_counts_230_words_a_minute(words, minutes):
    assert Post(words=words).minutes == minutes
