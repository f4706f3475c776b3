"""What a search that found nothing may have meant: words of titles and tags that are nearly those typed."""

from collections import Counter
from itertools import chain, islice, pairwise

from blog.models import Post, Tag
from blog.search.queries import WORD

MOST_WORDS = 20_000
MOST_TAGS = 2000
MOST_TITLES = 4000
LONGEST = 40  # letters of a word that is compared
MOST_MENDED = 5  # words of a query


def did_you_mean(text):
    """Return a text with each word that no title or tag has replaced by the nearest one that they have, or None."""
    return mended(text, known_words())


def known_words():
    """Return the words of the tags and titles of the newest published posts, with their numbers, in one query."""
    tags = Tag.objects.in_use().order_by().values_list("name")[:MOST_TAGS]
    titles = Post.objects.published().order_by("-published_at", "-id").values_list("title")[:MOST_TITLES]
    found = chain.from_iterable(WORD.findall(text.casefold()) for (text,) in tags.union(titles, all=True))
    return Counter(islice((word for word in found if 2 < len(word) <= LONGEST), MOST_WORDS))


def mended(text, known):
    """Return a text with its unknown words replaced by near ones from a Counter, or None where there are none."""
    words = dict.fromkeys(word for word in WORD.findall(text) if word.casefold() not in known)
    near = {word: nearest(word.casefold(), known) for word in islice(words, MOST_MENDED)}
    if not any(near.values()):
        return None
    return WORD.sub(lambda match: near.get(match.group()) or match.group(), text)


def nearest(word, known):
    """Return the word of a Counter that the fewest edits part from a word, the most frequent of these, or None."""
    if not 2 < len(word) <= LONGEST:
        return None
    most = 1 if len(word) < 5 else 2
    # Edits leave at least one of most + 1 pieces as it was: looking for these is far quicker than counting edits.
    ends = [len(word) * number // (most + 1) for number in range(most + 2)]
    pieces = [word[start:end] for start, end in pairwise(ends)]
    best = None
    for other, count in known.items():
        if abs(len(other) - len(word)) <= most and any(piece in other for piece in pieces):
            edits = distance(word, other, most)
            if edits <= most:
                best = min(best or (edits, -count, other), (edits, -count, other))
    return best and best[2]


def distance(a, b, most):
    """Return how many letters must be put in, taken out or replaced to make b of a (Levenshtein 1966).

    A distance above `most` is given as most + 1.
    """
    if abs(len(a) - len(b)) > most:
        return most + 1
    above = list(range(len(b) + 1))
    for row, letter in enumerate(a, 1):
        line = [row]
        for column, other in enumerate(b):
            line.append(min(above[column] + (letter != other), above[column + 1] + 1, line[column] + 1))
        if min(line) > most:
            return most + 1
        above = line
    return min(above[-1], most + 1)
