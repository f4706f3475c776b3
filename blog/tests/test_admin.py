import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from blog.models import Post
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
