import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from blog.models import Post
from blog.tests.admin_forms import post_form
from blog.tests.factories import CommentFactory, PostFactory, TagFactory, UserFactory
from bloggy.tests.tokens import token_of

pytestmark = pytest.mark.django_db
PAGES = [
    f"admin:{model}_{page}"
    for model in ("blog_post", "blog_tag", "blog_comment", "accounts_user", "auth_group")
    for page in ("changelist", "add")
]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens(admin, name):
    CommentFactory(post=PostFactory(tags=2))

    assert admin.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("make", [PostFactory, TagFactory, CommentFactory, UserFactory])
def test_every_row_opens(admin, make):
    row = make()

    response = admin.get(reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk]))

    assert response.status_code == 200


@pytest.mark.parametrize("text", ["abc", "9" * 30, "-1", "1.5"])
@pytest.mark.parametrize("page", ["change", "delete", "history"])
@pytest.mark.parametrize("model", ["post", "tag", "comment"])
def test_no_number_breaks_a_page(admin, model, page, text):
    assert admin.get(f"/admin/blog/{model}/{text}/{page}/").status_code == 302


def test_nobody_learns_the_address_of_another_ones_draft(client):
    draft = PostFactory(draft=True)
    kind = ContentType.objects.get_for_model(Post)
    client.force_login(UserFactory(is_staff=True, groups=["Authors"]))

    assert client.get(f"/admin/r/{kind.pk}/{draft.pk}/").status_code == 404


def test_a_history_tells_who_by_name_and_never_by_e_mail(client):
    editor = UserFactory(is_staff=True, groups=["Editors"], first_name="Edith", last_name="Editor")
    author = UserFactory(is_staff=True, groups=["Authors"])
    post = PostFactory(author=author, slug="bread")
    client.force_login(editor)
    client.post(reverse("admin:blog_post_change", args=[post.pk]), post_form(slug="bread", author=author.pk))
    client.force_login(author)

    page = client.get(reverse("admin:blog_post_history", args=[post.pk])).content.decode()

    assert "Edith Editor" in page
    assert "@" not in page


def test_who_is_logged_out_while_writing_gets_everything_back_to_send_again():
    user = UserFactory(superuser=True)
    client = Client(enforce_csrf_checks=True)
    url = reverse("admin:blog_post_add")
    client.get(reverse("login"))
    token = client.cookies["csrftoken"].value
    written = post_form(title="Bread", author=user.pk, body="First.\n<b>Second.</b>", slug="bread")

    logged_out = client.post(url, written | {"csrfmiddlewaretoken": token})
    client.force_login(user)
    expired = client.post(url, sent_again(logged_out) | {"csrfmiddlewaretoken": "old"})
    saved = client.post(url, sent_again(expired))

    assert [logged_out.status_code, expired.status_code, saved.status_code] == [403, 403, 302]
    assert Post.objects.get().body == "First.\n<b>Second.</b>"


def sent_again(response):
    """Return what a browser sends from the page that gives everything back."""
    return dict(response.context["fields"]) | {"csrfmiddlewaretoken": token_of(response)}


def test_no_password_is_given_back():
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(superuser=True))

    page = client.post(reverse("admin:accounts_user_add"), {"email": "a@example.com", "password1": "s3cret"}).content

    assert b"a@example.com" in page
    assert b"s3cret" not in page


def test_what_another_site_sends_to_the_admin_is_not_given_back():
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(superuser=True))
    foreign = {"origin": "https://evil.example"}

    page = client.post(reverse("admin:blog_post_add"), {"title": "Evil"}, headers=foreign).content

    assert b"Evil" not in page
