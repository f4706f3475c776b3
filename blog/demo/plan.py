"""What the demo's i-th post and j-th comment are: pure functions of the number, so that every run agrees.

Of `random` only random() is used: it alone gives the same numbers in every Python version.
"""

from datetime import UTC, datetime, timedelta
from random import Random

from blog import slugs
from blog.demo.people import READERS
from blog.demo.pool import general_remarks, pool

# A constant, not the clock: the demo is the same in every year and nothing of it lies ahead.
LAST_DAY = datetime(2025, 12, 14, tzinfo=UTC)
DAYS = 3653
DAY_BEGINS, DAY_LENGTH = timedelta(hours=6, minutes=30), 16 * 3600  # seconds in which people write
# Multiples of the golden ratio fall evenly into [0, 1) however many there are (the three-gap theorem), so the posts
# cover the years whatever their number, no two share a second, and those of one text lie far apart.
GOLDEN_RATIO, FIRST_PLACE = 0.6180339887498949, 0.005
COMMENTED_FOR = timedelta(days=14)

PLACES = (
    "Utrecht Leith Valparaíso Matsumoto Tabriz Gdynia Penzance Pune Lagos Bergen Girona Hobart Tartu Oaxaca Izmir "
    "Chania Galway Kraków Dakar Busan Trieste Malmö Quito Ghent Nara Basel Essaouira Turku Coimbra Leipzig"
).split()
FURTHER_TITLES = (
    "{title}, part {number}",
    "{title}: notebook {number}",
    "{title}: letter {number} from {place}",
    "Letter {number} from {place}: {title}",
    "{title}, chapter {number}",
    "Notebook {number}, {place}: {title}",
    "{title}: {place}, visit {number}",
)


def pick(rng, options):
    return options[int(rng.random() * len(options))]


def entry_of(index):
    """Return the pool's Entry that post `index` (from 0) shows."""
    return pool()[index % len(pool())]


def title_of(index):
    """Return the title of post `index`; where the pool begins again, a sequel's, with its number."""
    title, sequel = entry_of(index).title, index // len(pool())
    if not sequel:
        return title
    rng = Random(index)
    return pick(rng, FURTHER_TITLES).format(title=title, number=sequel + 1, place=pick(rng, PLACES))


def slug_of(index):
    """Return the address that post `index` asks for; no two of the demo ask for the same."""
    return slugs.slug_of(title_of(index), index + 1)


def published_at(index):
    """Return when post `index` appeared: by day, in the ten years up to LAST_DAY, ever more often."""
    place = (FIRST_PLACE + index * GOLDEN_RATIO) % 1
    ago = int(DAYS * DAY_LENGTH * (place + 9 * place**2) / 10)
    days, seconds = divmod(ago, DAY_LENGTH)
    return LAST_DAY - timedelta(days=days) + DAY_BEGINS + timedelta(seconds=DAY_LENGTH - 1 - seconds)


def commented_post(number, posts):
    """Return the index of the post that comment `number` (from 0) is on, of so many posts: some get many."""
    return int(posts * Random(number).random() ** 1.5)


def remark(index, place):
    """Return the Remark at a place (from 0) among the comments on post `index`; the topic's own come first."""
    own, general = entry_of(index).remarks, general_remarks()
    return own[place] if place < len(own) else general[(index * 17 + place - len(own)) % len(general)]


def commented_at(post_published_at, number, place):
    """Return when comment `number` was written, the one at that place on its post: soon, then ever more rarely."""
    elapsed = place + Random(f"time {number}").random()
    return post_published_at + COMMENTED_FOR * (elapsed / (elapsed + 20))


def reader(number):
    """Return the Person who wrote comment `number`."""
    return pick(Random(f"reader {number}"), READERS)


def joined_at(number):
    """Return when the demo's person `number` signed up: one a day, before the first post."""
    return LAST_DAY - timedelta(days=DAYS + 60 - number) + DAY_BEGINS
