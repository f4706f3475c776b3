import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from blog.models import Post
from blog.tests.admin_forms import filled, post_form
from blog.tests.factories import PostFactory, TagFactory, UserFactory
from bloggy.tests.processes import wait_until

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(client):
    user = UserFactory(is_staff=True, groups=["Authors"])
    client.force_login(user)
    return user


def test_a_post_is_written_with_tags_and_an_address_from_its_title(admin):
    author, tag = UserFactory(), TagFactory()
    data = post_form(author=author.pk, tag_list=[tag.pk])

    response = admin.post(reverse("admin:blog_post_add"), data)

    assert response.status_code == 302, response.context["errors"]
    post = Post.objects.get()
    assert (post.slug, post.author, post.tags.get(), post.state) == ("bread", author, tag, "draft")
    assert post.body_html == "<p><em>Good</em></p>\n"


@pytest.mark.parametrize(("slug", "reason"), [("2024", "digits alone"), ("taken", "already exists"), ("a b", "valid")])
def test_an_address_that_cannot_be_is_refused_with_the_reason(admin, slug, reason):
    PostFactory(slug="taken")

    response = admin.post(reverse("admin:blog_post_add"), post_form(author=UserFactory().pk, slug=slug))

    assert response.status_code == 200
    assert reason in str(response.context["errors"])


def test_a_title_of_digits_gets_an_address_too(admin):
    admin.post(reverse("admin:blog_post_add"), post_form(author=UserFactory().pk, title="2024"))

    post = Post.objects.get()
    assert post.slug == f"post-{post.pk}"


@pytest.mark.django_db(transaction=True)
def test_two_new_posts_of_one_title_at_once_are_both_kept():
    user = UserFactory(superuser=True)
    answers = []

    def save(number):
        client = Client()
        client.force_login(user)
        answers.append(
            client.post(reverse("admin:blog_post_add"), post_form(author=user.pk, body=f"Text {number}")).status_code
        )
        connection.close()

    threads = [threading.Thread(target=save, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert answers == [302] * 4
    assert set(Post.objects.values_list("slug", flat=True)) == {"bread", "bread-2", "bread-3", "bread-4"}


def test_a_text_whose_links_multiply_is_refused_with_the_reason(admin):
    body = "[a]: /" + "t" * 10_000 + "\n\n" + "[a]\n\n" * 1000

    response = admin.post(reverse("admin:blog_post_add"), post_form(author=UserFactory().pk, body=body))

    assert "too many or too long" in str(response.context["errors"])


def test_view_on_site_leads_to_the_post(admin):
    post = PostFactory()

    response = admin.get(reverse("admin:blog_post_change", args=[post.pk]))

    assert f'href="{post.get_absolute_url()}"' in response.content.decode()


@pytest.mark.parametrize("title", ["\u200b", "\u2060 \u200d", "\u3164"])
def test_a_title_that_nobody_sees_is_refused_with_the_reason(admin, title):
    response = admin.post(reverse("admin:blog_post_add"), post_form(author=UserFactory().pk, title=title))

    assert "invisible characters only" in str(response.context["errors"])


def test_tags_are_kept_added_and_taken_away(admin):
    post, new = PostFactory(tags=2), TagFactory()
    kept, gone = post.tags.all()
    page = admin.get(reverse("admin:blog_post_change", args=[post.pk]))

    admin.post(page.request["PATH_INFO"], filled(page) | {"tag_list": [kept.pk, new.pk]})

    assert set(post.tags.all()) == {kept, new}
    assert set(post.post_tags.values_list("published_at", flat=True)) == {post.published_at.replace(microsecond=0)}
    assert f'<option value="{gone.pk}" selected>{gone}</option>' in page.content.decode()


@pytest.mark.parametrize(("number", "reason"), [(50, None), (51, "at most 50 tags; these are 51")])
def test_a_post_has_fifty_tags_at_most(admin, number, reason):
    tags = TagFactory.create_batch(number)

    response = admin.post(
        reverse("admin:blog_post_add"), post_form(author=UserFactory().pk, tag_list=[tag.pk for tag in tags])
    )

    assert Post.objects.count() == (reason is None)
    assert reason is None or reason in str(response.context["errors"])


@pytest.mark.parametrize("value", ["abc", "9" * 30, "9" * 5000, "-1", "1\0", "1.5"])
@pytest.mark.parametrize("field", ["tag_list", "author", "version"])
def test_what_is_no_number_is_an_error_of_its_field(admin, field, value):
    post = PostFactory(slug="kept")
    values = post_form(author=post.author_id, slug="kept") | {field: value}

    response = admin.post(reverse("admin:blog_post_change", args=[post.pk]), values)

    assert response.status_code == 200
    assert response.context["adminform"].form.errors


@pytest.mark.parametrize("value", ["abc", "9" * 30, "9" * 5000, "-1"])
@pytest.mark.parametrize("field", ["tag_list", "author", "published_at", "version"])
def test_what_is_no_number_is_not_proposed(admin, field, value):
    assert admin.get(reverse("admin:blog_post_add"), {field: value}).status_code == 200


def test_a_new_post_is_proposed_with_what_its_address_says(admin):
    tag = TagFactory()

    page = admin.get(reverse("admin:blog_post_add"), {"title": "Bread", "tag_list": tag.pk}).content.decode()

    assert 'value="Bread"' in page
    assert f'<option value="{tag.pk}" selected>' in page


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (("", ""), "It is a draft: readers can&#x27;t see it."),
        (("2024-05-01", "12:00:00"), "Readers see it now."),
        (("2099-05-01", "12:30:00"), "Readers will see it from May 1, 2099, 12:30 p.m. UTC."),
    ],
)
def test_saving_says_who_will_see_the_post(client, author, when, said):
    values = post_form(published_at_0=when[0], published_at_1=when[1])

    page = client.post(reverse("admin:blog_post_add"), values, follow=True).content.decode()

    assert said in page


def test_the_form_names_the_time_zone_of_its_times(client, author):
    page = client.get(reverse("admin:blog_post_add")).content.decode()

    assert "Times are in the site's time zone, UTC." in page


@pytest.mark.parametrize("is_new", [True, False])
def test_a_post_is_saved_and_viewed_by_one_button(client, author, is_new):
    post = None if is_new else PostFactory(author=author, slug="bread", draft=True)
    url = reverse("admin:blog_post_add") if is_new else reverse("admin:blog_post_change", args=[post.pk])
    form = client.get(url).content.decode()

    response = client.post(url, post_form(slug="bread", title="Fresh") | {"_view": "Save and view"}, follow=True)

    assert 'name="_view"' in form
    assert response.redirect_chain == [("/post/bread/", 302)]
    assert "Fresh" in response.content.decode()


@pytest.mark.parametrize(
    ("state", "word"), [("draft", "Preview"), ("scheduled", "Preview"), ("published", "View on site")]
)
def test_what_readers_cannot_see_yet_is_previewed(client, author, state, word):
    post = PostFactory(author=author, **({} if state == "published" else {state: True}))

    page = client.get(reverse("admin:blog_post_change", args=[post.pk])).content.decode()

    assert f'<a href="{post.get_absolute_url()}" class="viewsitelink">{word}</a>' in page
    assert client.get(post.get_absolute_url()).status_code == 200


def test_a_refused_form_speaks_of_the_post_as_it_is_stored(client, author):
    post = PostFactory(author=author, slug="stored", title="Stored")
    values = post_form(title="", slug="typed")

    page = client.post(reverse("admin:blog_post_change", args=[post.pk]), values).content.decode()

    assert 'href="/post/stored/" class="viewsitelink"' in page
    assert 'value="typed"' in page


def test_a_text_whose_post_was_deleted_meanwhile_is_given_back_to_become_a_new_one(admin):
    post = PostFactory(slug="bread")
    url, written = reverse("admin:blog_post_change", args=[post.pk]), post_form(slug="bread", body="Long work.")
    post.delete()

    given_back = admin.post(url, written | {"author": UserFactory(is_staff=True).pk, "version": "1"})
    admin.post(given_back.context["action"], dict(given_back.context["fields"]))

    assert given_back.status_code == 403
    assert b"Long work.</textarea>" in given_back.content
    assert Post.objects.get().body == "Long work."


@pytest.mark.django_db(transaction=True)
def test_a_double_click_on_save_makes_one_post():
    user, tag, answers = UserFactory(superuser=True), TagFactory(), []

    def click():
        client = Client()
        client.force_login(user)
        data = post_form(author=user.pk, tag_list=[tag.pk])
        answers.append(client.post(reverse("admin:blog_post_add"), data).status_code)
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert answers == [302] * 3
    assert list(Post.objects.values_list("slug", "tags")) == [("bread", tag.pk)]


@pytest.mark.django_db(transaction=True)
def test_a_post_is_deleted_while_readers_comment_on_it():
    user, post, answers = UserFactory(superuser=True), PostFactory(slug="bread"), []
    over = threading.Event()

    def comment(text):
        client, number = Client(raise_request_exception=False), 0
        client.force_login(UserFactory())
        while not over.is_set():
            number += 1
            answer = client.post(reverse("blog:comment_new", args=["bread"]), {"body": f"{text} {number}"})
            answers.append(answer.status_code)
        connection.close()

    threads = [threading.Thread(target=comment, args=[text]) for text in ("One", "Two", "Three")]
    for thread in threads:
        thread.start()
    client = Client(raise_request_exception=False)
    client.force_login(user)
    try:
        wait_until(lambda: 302 in answers)
        deleted = client.post(reverse("admin:blog_post_delete", args=[post.pk]), {"post": "yes"})
    finally:
        over.set()
        for thread in threads:
            thread.join(30)

    assert deleted.status_code == 302
    assert not Post.objects.exists()
    assert set(answers) <= {302, 404}
