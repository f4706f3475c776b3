import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from blog.admin import shared
from blog.tests.factories import CommentFactory, PostFactory, UserFactory
from bloggy import admin_lists

pytestmark = pytest.mark.django_db
LISTS = ["blog_post", "blog_comment", "blog_tag", "accounts_user"]


def listed(admin, model="blog_post", **parameters):
    return admin.get(reverse(f"admin:{model}_changelist"), parameters)


def test_a_search_finds_words_that_are_only_begun(admin):
    found, other = PostFactory(title="Baking bread", body=""), PostFactory(title="Cycling", body="")

    for text in ("bak", "bread baking", "BREA"):
        response = admin.get(reverse("admin:blog_post_changelist"), {"q": text})
        assert list(response.context["cl"].queryset) == [found]
    assert other in admin.get(reverse("admin:blog_post_changelist"), {"q": "!& | ("}).context["cl"].queryset


@pytest.mark.parametrize("few", [0, 1, 1000])
def test_a_search_finds_all_that_match_whether_they_are_few_or_many(admin, monkeypatch, few):
    monkeypatch.setattr(shared, "FEW", few)
    found, _other = PostFactory.create_batch(3, title="Bread"), PostFactory(title="Cycling")

    response = listed(admin, q="bre")

    assert set(response.context["cl"].queryset) == set(found)


@pytest.mark.parametrize("text", ["a\0b", "'", "a:*", "\\", "&|!()", "x" * 10_000, "word " * 5000])
def test_no_search_breaks_the_list(admin, text):
    for model in ("blog_post", "blog_comment", "blog_tag", "accounts_user"):
        assert admin.get(reverse(f"admin:{model}_changelist"), {"q": text}).status_code == 200


@pytest.mark.parametrize("state", ["draft", "scheduled", "published"])
def test_the_list_is_filtered_by_state(admin, state):
    PostFactory(draft=True), PostFactory(scheduled=True), PostFactory()

    response = admin.get(reverse("admin:blog_post_changelist"), {"state": state})

    assert [post.state for post in response.context["cl"].queryset] == [state]


def test_the_list_says_each_state_plainly(admin):
    PostFactory(draft=True), PostFactory(scheduled=True), PostFactory()

    page = listed(admin).content.decode()

    assert set(re.findall(r'class="field-state">(\w+)<', page)) == {"draft", "scheduled", "published"}


def test_the_list_is_filtered_by_year(admin):
    for year in (2021, 2023, 2024):
        PostFactory(published_at=datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC))
    PostFactory(draft=True)

    response = listed(admin, year="2023")

    assert [post.published_at.year for post in response.context["cl"].queryset] == [2023]
    assert [text for text, _ in response.context["cl"].filter_specs[1].lookup_choices] == [
        "2024",
        "2023",
        "2022",
        "2021",
    ]


@pytest.mark.parametrize("year", [1, 1000, 9999])
def test_a_post_of_any_year_leaves_at_most_fifty_years_to_choose(admin, year):
    far, near = PostFactory(published_at=datetime(year, 12, 31, tzinfo=UTC)), PostFactory()

    response = listed(admin)
    years = [int(text) for text, _ in response.context["cl"].filter_specs[1].lookup_choices]

    assert list(response.context["cl"].queryset) == sorted(
        [far, near], key=lambda post: post.published_at, reverse=True
    )
    assert len(years) <= 50
    assert max(years) <= timezone.now().year + 1
    assert 2024 in years


@pytest.mark.parametrize("year", ["abc", "", "-1", "99999", "1900"])
def test_a_year_that_is_not_offered_filters_nothing(admin, year):
    post = PostFactory()

    assert list(listed(admin, year=year).context["cl"].queryset) == [post]


def test_an_author_is_offered_the_years_of_own_posts_only(client):
    author = UserFactory(is_staff=True, groups=["Authors"])
    PostFactory(author=author), PostFactory(published_at=datetime(1999, 1, 1, tzinfo=UTC))
    client.force_login(author)

    response = listed(client)

    assert response.context["cl"].filter_specs[1].lookup_choices == [("2024", "2024")]


def test_a_long_list_is_counted_to_a_bound_and_says_so(admin, monkeypatch):
    monkeypatch.setattr(admin_lists, "MOST_COUNTED", 60)
    PostFactory.create_batch(62)

    response = listed(admin)
    page = response.content.decode()

    assert "60+ posts" in page
    assert "All 60+ selected" in page
    assert response.context["cl"].paginator.num_pages == 2
    assert len(listed(admin, p="2").context["cl"].result_list) == 10


def test_a_list_within_the_bound_is_counted_exactly(admin, monkeypatch):
    monkeypatch.setattr(admin_lists, "MOST_COUNTED", 60)
    PostFactory.create_batch(60)

    page = listed(admin).content.decode()

    assert "60 posts" in page


@pytest.mark.parametrize("parameters", [{}, {"q": "words"}, {"o": "1"}, {"_facets": "True"}])
@pytest.mark.parametrize("model", LISTS)
def test_no_list_counts_or_reads_all_its_rows(admin, model, parameters):
    CommentFactory.create_batch(2, body="Few words."), PostFactory(tags=2)

    with CaptureQueriesContext(connection) as queries:
        listed(admin, model, **parameters)

    statements = [query["sql"] for query in queries]
    counts = [sql for sql in statements if "COUNT(" in sql]
    assert len(counts) == 1
    assert "LIMIT 10001" in counts[0]
    assert "ORDER BY" not in counts[0]
    assert not [sql for sql in statements if "DISTINCT" in sql or "GROUP BY" in sql]


@pytest.mark.parametrize("model", LISTS)
def test_a_list_is_sorted_only_where_an_index_helps(admin, model):
    CommentFactory(post=PostFactory(tags=1))

    page = listed(admin, model).content.decode()

    sortable = {"blog_post": ["published_at"], "blog_tag": ["name", "slug"], "accounts_user": ["email", "date_joined"]}
    assert re.findall(r'class="sortable column-(\w+)', page) == sortable.get(model, [])


@pytest.mark.parametrize(
    ("model", "queries"),
    [
        ("blog_post", 5),  # session, user, first and last date, count, posts with authors
        ("blog_comment", 4),  # session, user, count, comments with authors and posts
        ("blog_tag", 4),  # session, user, count, tags with the number of their posts
        ("accounts_user", 5),  # session, user, groups to filter by, count, users
    ],
)
def test_lists_cost_the_same_for_many_rows(admin, django_assert_num_queries, model, queries):
    CommentFactory.create_batch(5)
    PostFactory.create_batch(5, tags=2)

    with django_assert_num_queries(queries):
        listed(admin, model)
