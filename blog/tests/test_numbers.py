from django.utils import translation

from blog.numbers import min_read, number_of_posts


def test_numbers_are_told_in_the_words_of_each_language():
    told = []
    for language in ("en", "de"):
        with translation.override(language):
            told.append((min_read(3), number_of_posts(1), number_of_posts(2)))

    counts = [
        [f'<span class="count">{words}</span>' for words in pair]
        for pair in (("1 post", "2 posts"), ("1 Beitrag", "2 Beiträge"))
    ]
    assert told == [("3 min read", *counts[0]), ("3 Min. Lesezeit", *counts[1])]
