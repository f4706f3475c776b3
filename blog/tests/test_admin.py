import re
import threading

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.urls import reverse

from blog.models import Comment, Post
from blog.tests.factories import CommentFactory, PostFactory, TagFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGES = [
    f"admin:{model}_{page}"
    for model in ("blog_post", "blog_tag", "blog_comment", "accounts_user", "auth_group")
    for page in ("changelist", "add")
]


@pytest.fixture
def admin(client):
    client.force_login(UserFactory(superuser=True))
    return client


@pytest.fixture
def author(client):
    user = UserFactory(is_staff=True, groups=["Authors"])
    client.force_login(user)
    return user


def form(**values):
    """Return what the post form sends, without tags."""
    inlines = {
        f"{prefix}-{name}": "0" for prefix in ("post_tags", "former_slugs") for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    return {"title": "Bread", "slug": "", "body": "*Good*", "body_format": "markdown", **inlines, **values}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens(admin, name):
    CommentFactory(post=PostFactory(tags=2))

    assert admin.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("make", [PostFactory, TagFactory, CommentFactory, UserFactory])
def test_every_row_opens(admin, make):
    row = make()

    response = admin.get(reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk]))

    assert response.status_code == 200


def test_a_post_is_written_with_tags_and_an_address_from_its_title(admin):
    author, tag = UserFactory(), TagFactory()
    data = form(author=author.pk) | {"post_tags-TOTAL_FORMS": "1", "post_tags-0-tag": tag.pk}

    response = admin.post(reverse("admin:blog_post_add"), data)

    assert response.status_code == 302, response.context["errors"]
    post = Post.objects.get()
    assert (post.slug, post.author, post.tags.get(), post.state) == ("bread", author, tag, "draft")
    assert post.body_html == "<p><em>Good</em></p>\n"


@pytest.mark.parametrize(("slug", "reason"), [("2024", "digits alone"), ("taken", "already exists"), ("a b", "valid")])
def test_an_address_that_cannot_be_is_refused_with_the_reason(admin, slug, reason):
    PostFactory(slug="taken")

    response = admin.post(reverse("admin:blog_post_add"), form(author=UserFactory().pk, slug=slug))

    assert response.status_code == 200
    assert reason in str(response.context["errors"])


def test_a_title_of_digits_gets_an_address_too(admin):
    admin.post(reverse("admin:blog_post_add"), form(author=UserFactory().pk, title="2024"))

    post = Post.objects.get()
    assert post.slug == f"post-{post.pk}"


@pytest.mark.django_db(transaction=True)
def test_two_new_posts_of_one_title_at_once_are_both_kept():
    user = UserFactory(superuser=True)
    answers = []

    def save():
        client = Client()
        client.force_login(user)
        answers.append(client.post(reverse("admin:blog_post_add"), form(author=user.pk)).status_code)
        connection.close()

    threads = [threading.Thread(target=save) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert answers == [302] * 4
    assert set(Post.objects.values_list("slug", flat=True)) == {"bread", "bread-2", "bread-3", "bread-4"}


def test_a_text_whose_links_multiply_is_refused_with_the_reason(admin):
    body = "[a]: /" + "t" * 10_000 + "\n\n" + "[a]\n\n" * 1000

    response = admin.post(reverse("admin:blog_post_add"), form(author=UserFactory().pk, body=body))

    assert "too many or too long" in str(response.context["errors"])


def test_nobody_learns_the_address_of_another_ones_draft(client, author):
    draft = PostFactory(draft=True)
    kind = ContentType.objects.get_for_model(Post)

    assert client.get(f"/admin/r/{kind.pk}/{draft.pk}/").status_code == 404


def test_a_search_finds_words_that_are_only_begun(admin):
    found, other = PostFactory(title="Baking bread", body=""), PostFactory(title="Cycling", body="")

    for text in ("bak", "bread baking", "BREA"):
        response = admin.get(reverse("admin:blog_post_changelist"), {"q": text})
        assert list(response.context["cl"].queryset) == [found]
    assert other in admin.get(reverse("admin:blog_post_changelist"), {"q": "!& | ("}).context["cl"].queryset


@pytest.mark.parametrize("text", ["a\0b", "'", "a:*", "\\", "&|!()", "x" * 10_000, "word " * 5000])
def test_no_search_breaks_the_list(admin, text):
    for model in ("blog_post", "blog_comment", "blog_tag", "accounts_user"):
        assert admin.get(reverse(f"admin:{model}_changelist"), {"q": text}).status_code == 200


@pytest.mark.parametrize("state", ["draft", "scheduled", "published"])
def test_the_list_is_filtered_by_state(admin, state):
    PostFactory(draft=True), PostFactory(scheduled=True), PostFactory()

    response = admin.get(reverse("admin:blog_post_changelist"), {"state": state})

    assert [post.state for post in response.context["cl"].queryset] == [state]


def test_view_on_site_leads_to_the_post(admin):
    post = PostFactory()

    response = admin.get(reverse("admin:blog_post_change", args=[post.pk]))

    assert f'href="{post.get_absolute_url()}"' in response.content.decode()


def test_authors_see_and_change_their_own_posts_only(client, author):
    own, other = PostFactory(author=author, slug="own"), PostFactory()

    listed = client.get(reverse("admin:blog_post_changelist")).context["cl"].queryset
    client.post(reverse("admin:blog_post_change", args=[own.pk]), form(title="Changed", slug="own"))
    answer = client.get(reverse("admin:blog_post_change", args=[other.pk]))

    own.refresh_from_db()
    assert list(listed) == [own]
    assert own.title == "Changed"
    assert (answer.status_code, answer.url) == (302, reverse("admin:index"))


def test_authors_write_in_their_own_name_only_and_tag_what_they_write(client, author):
    tag = TagFactory()
    data = form(author=UserFactory().pk) | {"post_tags-TOTAL_FORMS": "1", "post_tags-0-tag": tag.pk}

    client.post(reverse("admin:blog_post_add"), data)

    post = Post.objects.get()
    assert (post.author, post.tags.get()) == (author, tag)


def test_editors_are_proposed_as_the_author_of_what_they_write(client):
    editor = UserFactory(is_staff=True, groups=["Editors"])
    client.force_login(editor)

    response = client.get(reverse("admin:blog_post_add"))

    assert f'<option value="{editor.pk}" selected>{editor.public_name}</option>' in response.content.decode()


def test_comments_are_hidden_and_shown_in_bulk(admin):
    comments = CommentFactory.create_batch(2)
    data = {"_selected_action": [comment.pk for comment in comments]}

    admin.post(reverse("admin:blog_comment_changelist"), data | {"action": "remove"})
    assert set(Comment.objects.values_list("state", flat=True)) == {"removed"}

    admin.post(reverse("admin:blog_comment_changelist"), data | {"action": "show"})
    assert set(Comment.objects.values_list("state", flat=True)) == {"visible"}


@pytest.mark.parametrize("group", ["Editors", "Moderators"])
def test_others_may_hide_a_comment_but_not_change_its_words(client, group):
    comment = CommentFactory(body="Mine.")
    client.force_login(UserFactory(is_staff=True, groups=[group]))
    url = reverse("admin:blog_comment_change", args=[comment.pk])

    client.post(url, {"state": "removed", "body": "Not mine.", "author": UserFactory().pk, "post": PostFactory().pk})

    changed = Comment.objects.get()
    assert (changed.state, changed.body) == ("removed", "Mine.")
    assert (changed.author, changed.post) == (comment.author, comment.post)


def test_editors_choose_an_author_by_name_among_those_who_write(client):
    staff, reader, former = UserFactory(is_staff=True), UserFactory(), UserFactory()
    post = PostFactory(author=former)
    client.force_login(UserFactory(is_staff=True, groups=["Editors"]))

    page = client.get(reverse("admin:blog_post_change", args=[post.pk])).content.decode()

    assert [f'<option value="{user.pk}"' in page for user in (staff, reader, former)] == [True, False, True]
    assert staff.email not in page


def test_a_comment_is_viewed_on_the_page_that_begins_with_it(admin):
    post = PostFactory()
    comments = CommentFactory.create_batch(3, post=post)
    form_page = admin.get(reverse("admin:blog_comment_change", args=[comments[1].pk])).content.decode()
    link = re.search(r'href="([^"]+)" class="viewsitelink"', form_page)[1]

    shown = re.findall(r'id="(comment-\d+)"', admin.get(link).content.decode())

    assert link.endswith(f"#comment-{comments[1].pk}")
    assert shown == [f"comment-{comment.pk}" for comment in comments[1:]]


def test_a_tag_is_viewed_where_it_has_a_page(admin):
    used, unused = PostFactory(tags=1).tags.get(), TagFactory()

    pages = [admin.get(reverse("admin:blog_tag_change", args=[tag.pk])).content for tag in (used, unused)]

    assert [f'href="/tag/{used.slug}/"'.encode() in pages[0], b"viewsitelink" in pages[1]] == [True, False]


def test_an_account_is_viewed_where_it_has_a_page(admin):
    author, reader = PostFactory().author, UserFactory()

    pages = [admin.get(reverse("admin:accounts_user_change", args=[user.pk])).content for user in (author, reader)]

    assert [f"/author/{author.pk}/".encode() in pages[0], b"viewsitelink" in pages[1]] == [True, False]


@pytest.mark.parametrize(
    ("model", "queries"),
    [
        ("blog_post", 6),  # session, user, count, posts with authors, first and last date, days
        ("blog_comment", 6),  # session, user, count, comments with authors and posts, first and last date, days
        ("blog_tag", 4),  # session, user, count, tags with the number of their posts
        ("accounts_user", 7),  # session, user, groups to filter by, count, users, first and last date, days
    ],
)
def test_lists_cost_the_same_for_many_rows(admin, django_assert_num_queries, model, queries):
    CommentFactory.create_batch(5)
    PostFactory.create_batch(5, tags=2)

    with django_assert_num_queries(queries):
        admin.get(reverse(f"admin:{model}_changelist"))
