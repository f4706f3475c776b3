"""Full-text queries on the generated `search` columns."""

import re

from django.contrib.postgres.search import SearchQuery

from blog.models.texts import SEARCH_CONFIG

MAX_WORDS = 20
WORD = re.compile(r"\w+")


def beginning_with(text):
    """Return the query for rows that hold every word of a text, the last one perhaps only begun; None for no words."""
    words = WORD.findall(text.replace("\0", " "))[:MAX_WORDS]
    if not words:
        return None
    return SearchQuery(" & ".join(words) + ":*", config=SEARCH_CONFIG, search_type="raw")
