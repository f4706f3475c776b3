"""The filters of a search, and what else its address may hold."""

import pytest

from blog.tests.factories import NOON, CommentFactory, PostFactory, TagFactory, UserFactory
from blog.tests.test_search import URL, found, text_of

pytestmark = pytest.mark.django_db


def choices(response):
    """Return {filter: {text: count}}."""
    filters = response.context["results"].filters
    return {name: {choice.text: choice.count for choice in offered} for name, offered in filters}


def test_filters_count_the_matches_and_narrow_them(client):
    red, big = TagFactory(name="Red", slug="red"), TagFactory(name="Big", slug="big")
    ada, bob = UserFactory(first_name="Ada", last_name=""), UserFactory(first_name="Bob", last_name="")
    PostFactory(title="Tomato 1", author=ada, tags=[red, big], published_at=NOON)
    PostFactory(title="Tomato 2", author=ada, tags=[red], published_at=NOON.replace(year=2023))
    PostFactory(title="Tomato 3", author=bob, published_at=NOON.replace(year=2023))
    PostFactory(title="Bread", author=bob, tags=[big])
    CommentFactory(post=PostFactory(title="Soup", author=bob, tags=[big], published_at=NOON), body="tomato")

    assert choices(client.get(URL, {"q": "tomato"})) == {
        "tag": {"Big": 2, "Red": 2},
        "author": {"Ada": 2, "Bob": 2},
        "year": {"2024": 2, "2023": 2},
    }
    assert found(client, "tomato", tag="big") == ["Tomato 1", "Soup"]
    assert found(client, "tomato", author=bob.pk) == ["Tomato 3", "Soup"]
    assert set(found(client, "tomato", year=2023)) == {"Tomato 2", "Tomato 3"}
    assert found(client, "tomato", tag="red", author=ada.pk, year=2023) == ["Tomato 2"]
    assert found(client, "tomato", tag="nope") == []


def test_a_filter_is_a_link_that_chooses_it_and_a_chosen_one_gives_it_up(client):
    PostFactory(title="Tomato & more", tags=[TagFactory(name="Red", slug="red")], published_at=NOON)
    asked = {"q": "tomato & more", "year": 2024}

    page = text_of(client.get(URL, asked))
    chosen = text_of(client.get(URL, asked | {"tag": "red"}))

    assert 'href="?q=tomato+%26+more&amp;tag=red&amp;year=2024"' in page
    assert 'href="?q=tomato+%26+more&amp;year=2024" rel="nofollow" aria-current="true"' in chosen
    assert '<details class="filters" open>' in chosen


def test_a_filter_costs_no_further_query(client, django_assert_num_queries):
    post = PostFactory(title="Tomato", tags=2, published_at=NOON)

    with django_assert_num_queries(5):
        client.get(URL, {"q": "tomato", "tag": post.tags.first().slug, "author": post.author_id, "year": 2024})


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=101",
        "page=x",
        "page=-1",
        "year=0",
        "year=99999",
        "year=x",
        "author=0",
        "author=x",
        f"author={2**63}",
        "tag=a%20b",
        "tag=%00",
        "tag=" + "x" * 101,
    ],
)
def test_a_malformed_filter_or_page_is_not_found(client, query):
    assert client.get(f"{URL}?q=tomato&{query}").status_code == 404


@pytest.mark.parametrize(
    "q",
    [
        "a\0b",
        '"',
        '"""',
        "' OR 1=1 --",
        "\\",
        "a:*",
        "a & ! (",
        "<->",
        "-",
        "- - -",
        "or",
        "or or or",
        "the",
        "面包",
        "我喜欢面包",
        "خبز",
        "\u202etomato\u202c",
        "\ue000\ue001",
        "\ufffd",
        "%",
        "_",
        "x" * 10_000,
        "word " * 5000,
        "a-b-c/d.e@f.g " * 30,
        "\U0001f345",
        "é" * 200,
    ],
)
def test_no_query_breaks_it(client, q):
    PostFactory(title="Tomato 面包 خبز", body="我喜欢面包。")

    response = client.get(URL, {"q": q})

    assert response.status_code == 200
    assert len(response.context["search"].q) <= 200
