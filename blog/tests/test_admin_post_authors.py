"""Whose posts are whose: what authors and editors find in the admin."""

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Permission
from django.urls import reverse

from blog.models import Comment, Post, PostSlug
from blog.tests.admin_forms import filled, post_form
from blog.tests.factories import CommentFactory, PostFactory, TagFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(client):
    user = UserFactory(is_staff=True, groups=["Authors"])
    client.force_login(user)
    return user


def test_authors_see_and_change_their_own_posts_only(client, author):
    own, other = PostFactory(author=author, slug="own"), PostFactory()

    listed = client.get(reverse("admin:blog_post_changelist")).context["cl"].queryset
    client.post(reverse("admin:blog_post_change", args=[own.pk]), post_form(title="Changed", slug="own"))
    answer = client.get(reverse("admin:blog_post_change", args=[other.pk]))

    own.refresh_from_db()
    assert list(listed) == [own]
    assert own.title == "Changed"
    assert (answer.status_code, answer.url) == (302, reverse("admin:index"))


def test_authors_write_in_their_own_name_only_and_tag_what_they_write(client, author):
    tag = TagFactory()
    data = post_form(author=UserFactory().pk, tag_list=[tag.pk])

    client.post(reverse("admin:blog_post_add"), data)

    post = Post.objects.get()
    assert (post.author, post.tags.get()) == (author, tag)


def test_editors_are_proposed_as_the_author_of_what_they_write(client):
    editor = UserFactory(is_staff=True, groups=["Editors"])
    client.force_login(editor)

    response = client.get(reverse("admin:blog_post_add"))

    assert f'<option value="{editor.pk}" selected>{editor.public_name}</option>' in response.content.decode()


def test_editors_choose_an_author_by_name_among_those_who_write(client):
    staff, reader, former = UserFactory(is_staff=True), UserFactory(), UserFactory()
    post = PostFactory(author=former)
    client.force_login(UserFactory(is_staff=True, groups=["Editors"]))

    page = client.get(reverse("admin:blog_post_change", args=[post.pk])).content.decode()

    assert [f'<option value="{user.pk}"' in page for user in (staff, reader, former)] == [True, False, True]
    assert staff.email not in page


def test_nobody_who_does_not_write_is_offered_as_the_author_of_a_new_post(client):
    reader = UserFactory()
    client.force_login(UserFactory(is_staff=True, groups=["Editors"]))
    url = reverse("admin:blog_post_add")

    page = client.get(url).content.decode()
    refused = client.post(url, post_form(author=reader.pk))

    assert f'<option value="{reader.pk}"' not in page
    assert "Select a valid choice" in str(refused.context["errors"])
    assert not Post.objects.exists()


def test_people_of_the_same_name_are_told_apart(client):
    twins = [UserFactory(is_staff=True, first_name="Bea", last_name="Baker") for _ in range(2)]
    client.force_login(UserFactory(is_staff=True, groups=["Editors"], first_name="Cem", last_name="Cook"))

    page = client.get(reverse("admin:blog_post_add")).content.decode()

    assert all(f">Bea Baker ({twin.pk})</option>" in page for twin in twins)
    assert "selected>Cem Cook</option>" in page


def test_an_author_who_changes_a_featured_post_leaves_it_featured(client, author):
    post = PostFactory(author=author, is_featured=True)
    page = client.get(reverse("admin:blog_post_change", args=[post.pk]))

    client.post(page.request["PATH_INFO"], filled(page) | {"title": "Changed"})

    post.refresh_from_db()
    assert (post.title, post.is_featured) == ("Changed", True)


def test_editors_hand_a_post_to_somebody_else(client):
    post, other = PostFactory(), UserFactory(is_staff=True)
    client.force_login(UserFactory(is_staff=True, groups=["Editors"]))
    page = client.get(reverse("admin:blog_post_change", args=[post.pk]))

    client.post(page.request["PATH_INFO"], filled(page) | {"author": other.pk})

    post.refresh_from_db()
    assert post.author == other


@pytest.mark.parametrize("action", ["view", "change", "delete"])
def test_the_admin_refuses_another_ones_post_however_it_comes_by_it(rf, author, action):
    request = rf.get("/")
    request.user = author
    may = getattr(site.get_model_admin(Post), f"has_{action}_permission")

    assert [may(request), may(request, PostFactory(author=author)), may(request, PostFactory())] == [True, True, False]


@pytest.mark.parametrize(("right", "offered"), [("add_tag", True), (None, False)])
def test_a_tag_is_added_beside_the_box_by_who_may(client, right, offered):
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["add_post", "change_post", "view_tag", right]))
    client.force_login(user)

    page = client.get(reverse("admin:blog_post_add")).content.decode()

    assert ('id="add_id_tag_list"' in page) == offered


def test_a_post_with_other_peoples_comments_is_not_its_authors_to_delete(client, author):
    post = PostFactory(author=author)
    CommentFactory(post=post)
    url = reverse("admin:blog_post_delete", args=[post.pk])

    page = client.get(url).content.decode()
    answer = client.post(url, {"post": "yes"})

    assert "empty its time of publication: it is a draft again" in page
    assert answer.status_code == 403
    assert Post.objects.count() == Comment.objects.count() == 1


def test_an_address_that_was_taken_back_is_not_among_the_former_ones(client, author):
    post = PostFactory(author=author, slug="first")
    for slug in ("second", "first"):
        Post.objects.filter(pk=post.pk).update(slug=slug)

    response = client.get(reverse("admin:blog_post_change", args=[post.pk]))

    (formset,) = response.context["inline_admin_formsets"]
    assert [form.instance.slug for form in formset.formset.initial_forms] == ["second"]


def test_a_former_address_is_given_up_by_the_posts_own_author(client, author):
    own, other = PostFactory(author=author, slug="own"), PostFactory(slug="other")
    for post in (own, other):
        Post.objects.filter(pk=post.pk).update(slug=f"{post.slug}-now")
    url = reverse("admin:blog_post_change", args=[own.pk])

    def give_up(former):
        inline = {"id": former.pk, "post": own.pk, "DELETE": "on"}
        values = filled(client.get(url)) | {f"former_slugs-0-{name}": value for name, value in inline.items()}
        client.post(url, values | {"former_slugs-TOTAL_FORMS": "1", "former_slugs-INITIAL_FORMS": "1"})

    give_up(other.former_slugs.get())
    assert PostSlug.objects.count() == 2

    give_up(own.former_slugs.get())
    assert list(PostSlug.objects.all()) == [other.former_slugs.get()]


def test_an_address_that_leads_to_another_authors_post_is_not_for_taking(client, author):
    other = PostFactory(slug="bread")
    other.slug = "sourdough"
    other.save()

    refused = client.post(reverse("admin:blog_post_add"), post_form(slug="bread"))
    client.force_login(UserFactory(is_staff=True, groups=["Editors"]))
    taken = client.post(reverse("admin:blog_post_add"), post_form(slug="bread", author=author.pk))

    assert "another author" in str(refused.context["errors"])
    assert taken.status_code == 302
