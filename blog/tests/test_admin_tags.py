import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from blog.admin import tags
from blog.models import Tag
from blog.tests.factories import PostFactory, TagFactory

pytestmark = pytest.mark.django_db


def test_a_tag_is_viewed_where_it_has_a_page(admin):
    used, unused = PostFactory(tags=1).tags.get(), TagFactory()

    pages = [admin.get(reverse("admin:blog_tag_change", args=[tag.pk])).content for tag in (used, unused)]

    assert [f'href="/tag/{used.slug}/"'.encode() in pages[0], b"viewsitelink" in pages[1]] == [True, False]


def test_the_list_counts_posts_up_to_a_bound(admin, monkeypatch):
    monkeypatch.setattr(tags, "MOST_COUNTED", 2)
    shown = [TagFactory(name=name) for name in ("a", "b", "c", "d")]
    for number, tag in enumerate(shown):
        PostFactory.create_batch(number, tags=[tag])

    with CaptureQueriesContext(connection) as queries:
        page = admin.get(reverse("admin:blog_tag_changelist")).content.decode()

    assert "LIMIT 3)" in queries[-1]["sql"]
    assert [f'<td class="field-post_count">{text}</td>' in page for text in ("0", "1", "2", "2+")] == [True] * 4


@pytest.mark.parametrize("name", ["\u200b", "\u2060\u200d", "\u3164"])
def test_a_name_that_nobody_sees_is_refused_with_the_reason(admin, name):
    response = admin.post(reverse("admin:blog_tag_add"), {"name": name, "slug": "seen"})

    assert "invisible characters only" in str(response.context["errors"])
    assert not Tag.objects.exists()


def test_the_autocomplete_offers_tags_by_a_part_of_the_name(admin):
    TagFactory(name="Baking"), TagFactory(name="Cycling")
    source = {"app_label": "blog", "model_name": "post", "field_name": "tags", "term": "aki"}

    answer = admin.get(reverse("admin:autocomplete"), source).json()

    assert [result["text"] for result in answer["results"]] == ["Baking"]
