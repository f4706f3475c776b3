import pytest

from blog.demo import plan, posts
from blog.demo.people import AUTHORS
from blog.demo.pool import general_remarks, pool


def test_every_text_of_the_pool_renders_and_has_a_title_of_its_own():
    entries = pool()

    rendered = [posts.rendered_text(number) for number in range(len(entries))]

    assert len(entries) == 200
    assert len({entry.title for entry in entries}) == len({fields["excerpt"] for fields in rendered}) == 200
    assert all(100 < fields["words"] < 700 and "<h2 id=" in fields["body_html"] for fields in rendered)
    assert all(fields["words"] > 200 for fields in rendered[:30])
    assert {entry.author for entry in entries} == {person.key for person in AUTHORS}
    assert 15 <= len({tag for entry in entries for tag in entry.tags}) <= 25
    assert not any(talk[0].is_reply for talk in [general_remarks(), *(entry.remarks for entry in entries[:30])])


def test_a_title_that_looks_like_markup_is_among_the_first_thirty():
    titles = [plan.title_of(index) for index in range(30)]

    assert any("<b>" in title and '"' in title and "&" in title for title in titles)


def test_no_two_posts_ask_for_the_same_address_or_share_a_date():
    indexes = range(20_000)

    addresses, dates = {plan.slug_of(index) for index in indexes}, {plan.published_at(index) for index in indexes}

    assert len(addresses) == len(dates) == 20_000
    assert max(len(address) for address in addresses) < 95  # never cut, so that the number behind it stays


@pytest.mark.parametrize("count", [210, 1_000, 10_000])
def test_no_page_of_ten_shows_a_text_twice(count):
    newest_first = sorted(range(count), key=plan.published_at, reverse=True)

    texts = [index % len(pool()) for index in newest_first]

    assert all(len(set(texts[start : start + 10])) == 10 for start in range(count - 9))


def test_posts_appear_by_day_within_ten_years():
    dates = [plan.published_at(index) for index in range(1_000)]

    assert all(6 <= date.hour <= 22 for date in dates)
    assert (min(dates).year, max(dates).year, max(dates).month) == (2015, 2025, 12)
