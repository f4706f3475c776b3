import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog import slugs


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Hello, World!", "hello-world"),
        ("Привет мир", "привет-мир"),
        ("汉字", "汉字"),
        ("", "post-7"),
        ("!?", "post-7"),
        ("2024", "post-7"),
        ("٣", "post-7"),
        ("2024 in review", "2024-in-review"),
        ("word " * 30, "word-" * 19 + "word"),
        ("x" * 200, "x" * 100),
    ],
)
def test_a_title_becomes_an_address(title, slug):
    assert slugs.slug_of(title, 7) == slug


@given(st.text(max_size=600))
def test_any_title_gives_an_address_that_is_not_empty_not_too_long_and_not_a_number(title):
    slug = slugs.slug_of(title, 7)

    assert 0 < len(slug) <= slugs.MAX_LENGTH
    assert not slug.isdigit()
    assert slug == slug.strip("-")


@pytest.mark.parametrize(("taken", "free"), [([], "a"), (["a"], "a-2"), (["a", "a-2"], "a-3"), (["a", "a-3"], "a-2")])
def test_the_first_free_number_is_taken(taken, free):
    assert slugs.first_free("a", taken.__contains__) == free


@given(st.text(max_size=200), st.integers(2, 10**9))
def test_every_numbered_form_begins_with_the_stem(title, number):
    slug = slugs.slug_of(title, 7)

    assert slugs.numbered(slug, number).startswith(slugs.stem(slug))


def test_a_number_keeps_the_address_within_its_length():
    assert slugs.first_free("x" * 100, {"x" * 100}.__contains__) == "x" * 98 + "-2"
