from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.search.spelling import MOST_WORDS, did_you_mean, distance, known_words, mended, nearest
from blog.tests.factories import PostFactory, TagFactory

short = st.text("abc", max_size=6)


def plain_distance(a, b):
    """The definition, without a bound."""
    if not a or not b:
        return len(a) + len(b)
    replaced = plain_distance(a[1:], b[1:]) + (a[0] != b[0])
    return min(replaced, plain_distance(a[1:], b) + 1, plain_distance(a, b[1:]) + 1)


@pytest.mark.parametrize(
    ("a", "b", "edits"),
    [("", "", 0), ("bread", "bread", 0), ("bread", "braed", 2), ("kitten", "sitting", 3), ("a", "", 1)],
)
def test_the_distance_counts_letters_put_in_taken_out_or_replaced(a, b, edits):
    assert distance(a, b, 9) == edits


@given(short, short, st.integers(0, 4))
def test_the_distance_is_the_definitions_up_to_its_bound(a, b, most):
    assert distance(a, b, most) == min(plain_distance(a, b), most + 1)


@given(st.text("abc", min_size=3, max_size=6), st.lists(short, max_size=8))
def test_no_near_word_is_overlooked(word, others):
    known = Counter(others)
    most = 1 if len(word) < 5 else 2
    near = {other for other in others if plain_distance(word, other) <= most}

    found = nearest(word, known)

    assert found in near if near else found is None
    assert not near or plain_distance(word, found) == min(plain_distance(word, other) for other in near)


def test_of_equally_near_words_the_more_frequent_one_is_offered():
    assert nearest("breed", Counter({"bread": 5, "breeds": 2, "greed": 9})) == "greed"


def test_only_unknown_words_are_replaced_and_the_rest_stays_as_typed():
    known = Counter(["bread", "rye", "soup"])

    assert mended('"Rye braed" -soup', known) == '"Rye bread" -soup'
    assert mended("rye bread", known) is None
    assert mended("zzzzzz", known) is None
    assert mended("x" * 200, known) is None


@pytest.mark.django_db
def test_words_come_from_published_titles_and_their_tags_in_one_query(django_assert_num_queries):
    PostFactory(title="Rye bread", tags=[TagFactory(name="Öfen")])
    PostFactory(title="Secret", draft=True, tags=[TagFactory(name="Hidden")])
    PostFactory(title="Tomorrow", scheduled=True, tags=[TagFactory(name="Later")])

    with django_assert_num_queries(1):  # names of tags, titles
        words = known_words()

    assert set(words) == {"rye", "bread", "öfen"}


@pytest.mark.django_db
def test_no_more_words_than_the_bound_are_compared(monkeypatch):
    monkeypatch.setattr("blog.search.spelling.MOST_WORDS", 3)
    PostFactory(title="seven words long, this title is long")

    assert sum(known_words().values()) == 3
    assert MOST_WORDS == 20_000


@pytest.mark.django_db
def test_a_near_word_is_offered_whatever_its_case():
    PostFactory(title="STRASSE und Sauerteig")

    assert did_you_mean("sauertieg") == "sauerteig"
