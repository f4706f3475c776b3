"""An author in Chromium: writes, schedules, views and corrects a post in the admin; the browser has no complaint."""

import http.client
import re
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.urls import reverse
from playwright.sync_api import expect

from accounts.tests.factories import PASSWORD
from blog.models import Post
from blog.tests.factories import CommentFactory, PostFactory, TagFactory, UserFactory

pytestmark = pytest.mark.browser
BODY = """Some *words*.

```python
print("Hello")
```

| a | b |
|---|---|
| 1 | 2 |
"""


@pytest.fixture(autouse=True)
def same_content_types(transactional_db):
    """Number the content types as in the tests before: each test makes them anew, and the running site keeps theirs."""
    numbers = "(SELECT id, 1000000 + row_number() OVER (ORDER BY app_label, model) AS new FROM django_content_type) n"
    with transaction.atomic(), connection.cursor() as cursor:  # the foreign key is checked at its end
        cursor.execute(
            f"UPDATE auth_permission p SET content_type_id = new FROM {numbers} WHERE content_type_id = n.id"
        )
        cursor.execute(f"UPDATE django_content_type t SET id = new FROM {numbers} WHERE t.id = n.id")
    ContentType.objects.clear_cache()


@pytest.fixture
def author(transactional_db):
    return UserFactory(email="ada@example.com", is_staff=True, groups=["Authors"], on_site=True)


def listen(page):
    """Return a list that fills with what the browser's console and its policy find wrong with a page."""
    found = []
    # A 404 that the test asks for is no complaint of the page's.
    page.on("console", lambda message: "404 (Not Found)" in message.text or found.append(message.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def log_in(page, user):
    page.goto("/admin/")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Site administration")).to_be_visible()


@pytest.fixture
def status(site):
    """A function that asks for a path as a reader who isn't logged in, and returns the status and where it leads."""

    def ask(path):
        connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=10)
        with closing(connection):
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.headers["location"]

    return ask


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)


def pick_tag(page, beginning, name):
    page.locator(".field-tag_list .select2-selection").click()
    page.locator(".field-tag_list .select2-search__field").press_sequentially(beginning)
    page.locator(".select2-results__option", has_text=name).click()


def test_an_author_writes_schedules_views_and_corrects_a_post(page, status, author):
    TagFactory(name="Baking"), TagFactory(name="Cycling")
    complaints = listen(page)
    log_in(page, author)

    page.goto("/admin/blog/post/add/")
    page.get_by_label("Title").press_sequentially("Bread for beginers")
    expect(page.locator("#id_slug")).to_have_value("bread-for-beginers")
    page.locator("#id_body").fill(BODY)
    pick_tag(page, "bak", "Baking")
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=10)
    page.locator("#id_published_at_0").fill(f"{due:%Y-%m-%d}")
    page.locator("#id_published_at_1").fill(f"{due:%H:%M:%S}")
    page.get_by_role("button", name="Save and view").click()

    expect(page).to_have_url(re.compile("/post/bread-for-beginers/$"))
    expect(page.get_by_role("note")).to_contain_text("Scheduled")
    expect(page.locator(".post__body table td").first).to_have_text("1")
    expect(page.locator(".post__body pre")).to_contain_text("Hello")
    expect(page.get_by_role("link", name="Baking")).to_have_count(1)
    assert Post.objects.get().published_at == due
    assert status("/post/bread-for-beginers/")[0] == 404
    Post.objects.update(published_at=datetime.now(UTC) + timedelta(seconds=3))
    assert status("/post/bread-for-beginers/")[0] == 404
    wait_for(lambda: status("/post/bread-for-beginers/")[0] == 200)

    page.goto(reverse("admin:blog_post_change", args=[Post.objects.get().pk]))
    page.locator("#id_slug").fill("bread-for-beginners")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Readers see it now.")

    assert status("/post/bread-for-beginers/") == (301, "/post/bread-for-beginners/")
    assert status("/post/bread-for-beginners/")[0] == 200
    assert complaints == []


def test_a_tag_is_added_from_the_form_of_a_post(page, author):
    complaints = listen(page)
    log_in(page, author)
    page.goto("/admin/blog/post/add/")
    page.get_by_label("Title").fill("Bread")

    with page.expect_popup() as popup:
        page.locator("#add_id_tag_list").click()
    complaints_of_popup = listen(popup.value)
    popup.value.get_by_label("Name").press_sequentially("Baking")
    expect(popup.value.get_by_label("Address")).to_have_value("baking")
    popup.value.get_by_role("button", name="Save").click()
    expect(page.locator(".field-tag_list .select2-selection__choice")).to_contain_text("Baking")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator(".messagelist")).to_contain_text("It is a draft")
    assert [tag.name for tag in Post.objects.get().tags.all()] == ["Baking"]
    assert (complaints, complaints_of_popup) == ([], [])


def test_who_saves_second_sees_both_texts_and_decides(page, browser, site, author):
    post = PostFactory(author=author, slug="bread", body="Old.", tags=[TagFactory(name="Baking")])
    url = reverse("admin:blog_post_change", args=[post.pk])
    context = browser.new_context(base_url=site)
    other = context.new_page()
    complaints = listen(page), listen(other)
    for one in (page, other):
        log_in(one, author)
        one.goto(url)

    other.locator("#id_body").fill("Theirs.")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.locator(".messagelist")).to_contain_text("Readers see it now.")
    page.locator("#id_body").fill("Mine.")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator(".errorlist").first).to_contain_text("Somebody saved this post meanwhile")
    expect(page.locator("#saved-body")).to_have_value("Theirs.")
    expect(page.locator("#id_body")).to_have_value("Mine.")
    expect(page.locator(".field-tag_list .select2-selection__choice")).to_contain_text("Baking")
    assert Post.objects.get().body == "Theirs."

    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Readers see it now.")
    assert Post.objects.get().body == "Mine."
    assert complaints == ([], [])
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_of_the_admin_makes_the_browser_complain(page, transactional_db, width):
    user, comment = UserFactory(superuser=True, on_site=True), CommentFactory(post=PostFactory(tags=2))
    rows = {"blog_post": comment.post, "blog_tag": comment.post.tags.first(), "blog_comment": comment}
    rows |= {"accounts_user": user, "auth_group": user.groups.model.objects.first()}
    complaints = listen(page)
    page.set_viewport_size({"width": width, "height": 900})
    log_in(page, user)

    for model, row in rows.items():
        pages = ("changelist", []), ("add", []), ("change", [row.pk]), ("history", [row.pk]), ("delete", [row.pk])
        for name, arguments in pages:
            answer = page.goto(reverse(f"admin:{model}_{name}", args=arguments))
            assert answer.status == 200
            assert complaints == [], (model, name)
    page.wait_for_load_state("networkidle")
    assert complaints == []
