"""Who may do what, by direct addresses: each action is tried by each role, and the database is asked what happened."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from accounts.models import User
from blog.models import Comment, Post, Tag
from blog.tests.admin_forms import post_form
from blog.tests.factories import CommentFactory, PostFactory, TagFactory, UserFactory

pytestmark = pytest.mark.django_db
# "former" was an author and lost the staff flag, but is still in the group.
ROLES = ["anonymous", "reader", "former", "author", "editor", "moderator", "superuser"]
EVERYBODY, NOBODY = set(ROLES), set()
SUPERUSER = {"superuser"}
EDITORS = {"editor", "superuser"}
WRITERS = {"author", "editor", "superuser"}
MODERATORS = {"moderator", "editor", "superuser"}


class Blog:
    """The rows of the matrix: a post, a draft and an account of one's own, and those of others."""

    def __init__(self, role):
        groups = {"former": "Authors", "author": "Authors", "editor": "Editors", "moderator": "Moderators"}
        self.user = UserFactory(
            email="me@example.com",
            is_staff=role not in ("anonymous", "reader", "former"),
            is_superuser=role == "superuser",
            groups=[groups[role]] if role in groups else [],
        )
        self.stranger = UserFactory(email="stranger@example.com", is_staff=True, groups=["Authors"])
        self.own = PostFactory(author=self.user, title="Bread", slug="own")
        self.other = PostFactory(author=self.stranger, title="Cakes", slug="other")
        self.own_draft = PostFactory(author=self.user, slug="own-draft", draft=True)
        self.other_draft = PostFactory(author=self.stranger, slug="other-draft", draft=True)
        self.discussed = PostFactory(author=self.user, slug="discussed")
        self.tag, self.unused = TagFactory(name="Used"), TagFactory(name="Unused")
        self.comment = CommentFactory(post=self.discussed, author=self.stranger, body="Well said.")


def admin_url(name, *args):
    return reverse(f"admin:{name}", args=args)


def opens(client, url, **data):
    return client.get(url, data).status_code == 200


def lists(client, post):
    return str(post).encode() in client.get(admin_url("blog_post_changelist")).content


def writes(client, blog):
    client.post(admin_url("blog_post_add"), post_form(title="New", author=blog.user.pk, tag_list=[blog.tag.pk]))
    return Post.objects.filter(title="New", author=blog.user, tags=blog.tag).exists()


def writes_for_another(client, blog):
    client.post(admin_url("blog_post_add"), post_form(title="New", author=blog.stranger.pk))
    return Post.objects.filter(title="New", author=blog.stranger).exists()


def changes(client, post):
    values = post_form(title="Changed", slug=post.slug, author=post.author_id)
    client.post(admin_url("blog_post_change", post.pk), values)
    return Post.objects.get(pk=post.pk).title == "Changed"


def features(client, post):
    values = post_form(slug=post.slug, author=post.author_id, is_featured="on")
    client.post(admin_url("blog_post_change", post.pk), values)
    return Post.objects.get(pk=post.pk).is_featured


def hands_over(client, blog):
    values = post_form(slug="own", author=blog.stranger.pk)
    client.post(admin_url("blog_post_change", blog.own.pk), values)
    return Post.objects.get(pk=blog.own.pk).author == blog.stranger


def deletes(client, kind, row):
    client.post(admin_url(f"blog_{kind}_delete", row.pk), {"post": "yes"})
    return not type(row).objects.filter(pk=row.pk).exists()


def deletes_in_bulk(client, kind, row):
    values = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
    client.post(admin_url(f"blog_{kind}_changelist"), values)
    return not type(row).objects.filter(pk=row.pk).exists()


def finds(client, model, field, term):
    source = {"app_label": "blog", "model_name": model, "field_name": field, "term": term}
    answer = client.get(admin_url("autocomplete"), source)
    return answer.status_code == 200 and bool(answer.json()["results"])


def adds_a_tag(client):
    client.post(admin_url("blog_tag_add"), {"name": "New", "slug": "new"})
    return Tag.objects.filter(name="New").exists()


def changes_a_tag(client, blog):
    client.post(admin_url("blog_tag_change", blog.tag.pk), {"name": "Changed", "slug": "changed"})
    return Tag.objects.filter(name="Changed").exists()


def hides(client, blog):
    client.post(admin_url("blog_comment_change", blog.comment.pk), comment_form(blog.comment, state="removed"))
    return Comment.objects.get().state == "removed"


def rewrites(client, blog):
    client.post(admin_url("blog_comment_change", blog.comment.pk), comment_form(blog.comment, body="Changed."))
    return Comment.objects.get().body == "Changed."


def comment_form(comment, **values):
    rest = {"author": comment.author_id, "post": comment.post_id, "body_format": "markdown"}
    return {"body": comment.body, "state": "visible", **rest, **values}


def sets_in_bulk(client, blog, action, before, after):
    Comment.objects.update(state=before)
    client.post(admin_url("blog_comment_changelist"), {"action": action, "_selected_action": blog.comment.pk})
    return Comment.objects.get().state == after


def comments(client, post):
    client.post(reverse("blog:comment_new", args=[post.slug]), {"body": "New."})
    return Comment.objects.filter(body="New.").exists()


def deletes_on_the_page(client, comment):
    client.post(reverse("blog:comment_delete", args=[comment.post.slug, comment.pk]))
    return not Comment.objects.filter(pk=comment.pk).exists()


def sets_on_the_page(client, blog, name, before, after):
    Comment.objects.update(state=before)
    client.post(reverse(f"blog:comment_{name}", args=[blog.discussed.slug, blog.comment.pk]))
    return Comment.objects.get().state == after


def renames(client, user):
    client.post(admin_url("accounts_user_change", user.pk), {"email": user.email, "first_name": "Changed"})
    return User.objects.get(pk=user.pk).first_name == "Changed"


def sets_a_password(client, user):
    new = {"usable_password": "true", "password1": "a new long password", "password2": "a new long password"}
    client.post(admin_url("auth_user_password_change", user.pk), new)
    return User.objects.get(pk=user.pk).check_password("a new long password")


# action -> how it is tried, and the roles for which it succeeds; "own" and "other" say whose post it is.
MATRIX = {
    "open the admin": (lambda c, b: opens(c, admin_url("index")), WRITERS | MODERATORS),
    "list posts": (lambda c, b: opens(c, admin_url("blog_post_changelist")), WRITERS),
    "see own in the list": (lambda c, b: lists(c, b.own), WRITERS),
    "see other in the list": (lambda c, b: lists(c, b.other), EDITORS),
    "open the form for a new post": (lambda c, b: opens(c, admin_url("blog_post_add")), WRITERS),
    "write a post with a tag": (writes, WRITERS),
    "write in another one's name": (writes_for_another, EDITORS),
    "open own": (lambda c, b: opens(c, admin_url("blog_post_change", b.own.pk)), WRITERS),
    "open other": (lambda c, b: opens(c, admin_url("blog_post_change", b.other.pk)), EDITORS),
    "open other's draft": (lambda c, b: opens(c, admin_url("blog_post_change", b.other_draft.pk)), EDITORS),
    "change own": (lambda c, b: changes(c, b.own), WRITERS),
    "change other": (lambda c, b: changes(c, b.other), EDITORS),
    "feature own": (lambda c, b: features(c, b.own), EDITORS),
    "feature other": (lambda c, b: features(c, b.other), EDITORS),
    "hand own over": (hands_over, EDITORS),
    "see own history": (lambda c, b: opens(c, admin_url("blog_post_history", b.own.pk)), WRITERS),
    "see other's history": (lambda c, b: opens(c, admin_url("blog_post_history", b.other.pk)), EDITORS),
    "open own's deletion": (lambda c, b: opens(c, admin_url("blog_post_delete", b.own.pk)), WRITERS),
    "open other's deletion": (lambda c, b: opens(c, admin_url("blog_post_delete", b.other.pk)), EDITORS),
    "delete own": (lambda c, b: deletes(c, "post", b.own), WRITERS),
    "delete other": (lambda c, b: deletes(c, "post", b.other), EDITORS),
    "delete own with comments": (lambda c, b: deletes(c, "post", b.discussed), EDITORS),
    "delete own in bulk": (lambda c, b: deletes_in_bulk(c, "post", b.own), WRITERS),
    "delete other in bulk": (lambda c, b: deletes_in_bulk(c, "post", b.other), EDITORS),
    "delete own with comments in bulk": (lambda c, b: deletes_in_bulk(c, "post", b.discussed), EDITORS),
    "read own draft": (lambda c, b: opens(c, b.own_draft.get_absolute_url()), WRITERS),
    "read other's draft": (lambda c, b: opens(c, b.other_draft.get_absolute_url()), EDITORS),
    "read other's post": (lambda c, b: opens(c, b.other.get_absolute_url()), EVERYBODY),
    "complete a tag": (lambda c, b: finds(c, "post", "tags", "use"), WRITERS),
    "complete an author": (lambda c, b: finds(c, "post", "author", "Ada"), SUPERUSER),
    "complete a post": (lambda c, b: finds(c, "comment", "post", "bread"), WRITERS),
    "complete another one's post": (lambda c, b: finds(c, "comment", "post", "cakes"), EDITORS),
    "add a tag": (lambda c, b: adds_a_tag(c), WRITERS),
    "change a tag": (changes_a_tag, EDITORS),
    "delete a tag": (lambda c, b: deletes(c, "tag", b.unused), EDITORS),
    "delete a tag in bulk": (lambda c, b: deletes_in_bulk(c, "tag", b.unused), EDITORS),
    "list comments": (lambda c, b: opens(c, admin_url("blog_comment_changelist")), MODERATORS),
    "open a comment": (lambda c, b: opens(c, admin_url("blog_comment_change", b.comment.pk)), MODERATORS),
    "hide a comment": (hides, MODERATORS),
    "rewrite a comment": (rewrites, SUPERUSER),
    "delete a comment": (lambda c, b: deletes(c, "comment", b.comment), MODERATORS),
    "hide comments in bulk": (lambda c, b: sets_in_bulk(c, b, "remove", "visible", "removed"), MODERATORS),
    "show comments in bulk": (lambda c, b: sets_in_bulk(c, b, "show", "held", "visible"), MODERATORS),
    "delete comments in bulk": (lambda c, b: deletes_in_bulk(c, "comment", b.comment), MODERATORS),
    "comment on another one's post": (lambda c, b: comments(c, b.other), EVERYBODY - {"anonymous"}),
    "comment on one's own draft": (lambda c, b: comments(c, b.own_draft), NOBODY),
    "delete one's comment on the page": (
        lambda c, b: deletes_on_the_page(c, CommentFactory(post=b.other, author=b.user)),
        EVERYBODY - {"anonymous"},
    ),
    "delete another one's comment on the page": (lambda c, b: deletes_on_the_page(c, b.comment), NOBODY),
    "hide a comment on the page": (lambda c, b: sets_on_the_page(c, b, "hide", "visible", "removed"), MODERATORS),
    "show a comment on the page": (lambda c, b: sets_on_the_page(c, b, "show", "held", "visible"), MODERATORS),
    "list accounts": (lambda c, b: opens(c, admin_url("accounts_user_changelist")), SUPERUSER),
    "open one's account": (lambda c, b: opens(c, admin_url("accounts_user_change", b.user.pk)), SUPERUSER),
    "rename oneself": (lambda c, b: renames(c, b.user), SUPERUSER),
    "rename another": (lambda c, b: renames(c, b.stranger), SUPERUSER),
    "set another one's password": (lambda c, b: sets_a_password(c, b.stranger), SUPERUSER),
    "list groups": (lambda c, b: opens(c, admin_url("auth_group_changelist")), SUPERUSER),
    "follow the redirect to any object": (lambda c, b: opens(c, f"/admin/r/1/{b.own.pk}/"), NOBODY),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", MATRIX)
def test_each_role_may_do_what_is_its_own_and_nothing_else(client, action, role):
    attempt, allowed = MATRIX[action]
    blog = Blog(role)
    if role != "anonymous":
        client.force_login(blog.user)

    assert attempt(client, blog) == (role in allowed)


def rights():
    """Return everybody's rights, in a form that can be compared."""
    return [
        sorted(User.objects.values_list("email", "is_active", "is_staff", "is_superuser", "password")),
        sorted(User.groups.through.objects.values_list("user__email", "group__name")),
        sorted(User.user_permissions.through.objects.values_list("user__email", "permission__codename")),
        sorted(Group.permissions.through.objects.values_list("group__name", "permission__codename")),
    ]


@pytest.mark.parametrize("role", [role for role in ROLES if role != "superuser"])
def test_nobody_but_a_superuser_gains_a_right_by_any_form(client, role):
    blog = Blog(role)
    if role != "anonymous":
        client.force_login(blog.user)
    group = Group.objects.get(name="Editors")
    everything = list(Permission.objects.values_list("pk", flat=True))
    tampered = {
        **{"is_superuser": "on", "is_staff": "on", "is_active": "on", "email": "me@example.com"},
        **{"groups": [group.pk], "user_permissions": everything, "permissions": everything, "name": "Authors"},
        **{"password": "x", "password1": "a new long password", "password2": "a new long password"},
    }
    before = rights()

    for url in (
        admin_url("accounts_user_add"),
        admin_url("accounts_user_changelist"),
        *(admin_url("accounts_user_change", user.pk) for user in (blog.user, blog.stranger)),
        *(admin_url("auth_user_password_change", user.pk) for user in (blog.user, blog.stranger)),
        *(admin_url("accounts_user_delete", user.pk) for user in (blog.user, blog.stranger)),
        *(admin_url(f"auth_group_{page}", group.pk) for page in ("change", "delete")),
        admin_url("auth_group_add"),
        admin_url("blog_post_add"),
        admin_url("blog_post_change", blog.own.pk),
        admin_url("blog_tag_add"),
        admin_url("blog_comment_change", blog.comment.pk),
    ):
        client.post(url, post_form(**tampered))

    assert rights() == before
