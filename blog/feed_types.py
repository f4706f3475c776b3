"""How a feed is written: Django's Atom and RSS with full contents, and JSON Feed.

An item's `summary` is plain text; its `content` is HTML, empty where it would make the feed too long.
"""

import json
import re

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed, rfc3339_date
from django.utils.html import escape

from bloggy.text import for_xml

MARK = re.compile(r"<|&(?=#?\w+;)")  # what a reader that takes a title for HTML would not show


def legible(value):
    """Return a value of a feed, its texts without the characters that XML can't hold."""
    if isinstance(value, list):
        return [legible(one) for one in value]
    return for_xml(value) if isinstance(value, str) else value


class Legible(SyndicationFeed):
    """A feed that is as new as its newest item; one without items as new as it says itself, by `since`."""

    def __init__(self, **feed):
        super().__init__(**{name: legible(value) for name, value in feed.items()})

    def add_item(self, **item):
        item = {name: legible(value) for name, value in item.items()}
        title = item["title"] if item["title"].strip() else item["link"]  # of an old title, nothing may be left
        super().add_item(**item | {"title": title})

    def latest_post_date(self):
        return max((item["updateddate"] for item in self.items), default=self.feed["since"])


class Atom(Legible, Atom1Feed):
    """RFC 4287."""

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        if item["summary"]:
            handler.addQuickElement("summary", item["summary"], {"type": "text"})
        if item["content"]:
            handler.addQuickElement("content", item["content"], {"type": "html"})


class Rss(Legible, Rss201rev2Feed):
    """RSS 2.0 with the content module; it doesn't say whether titles are text or HTML, so they read as either."""

    def rss_attributes(self):
        return super().rss_attributes() | {"xmlns:content": "http://purl.org/rss/1.0/modules/content/"}

    def add_item_elements(self, handler, item):
        title = MARK.sub(lambda mark: escape(mark[0]), item["title"])
        super().add_item_elements(handler, item | {"title": title, "description": escape(item["summary"])})
        if item["content"]:
            handler.addQuickElement("content:encoded", item["content"])


class Json(Legible):
    """JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

    content_type = "application/feed+json; charset=utf-8"

    def write(self, outfile, encoding):
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            "description": self.feed["description"],
            "language": self.feed["language"],
            "items": [self.item(item) for item in self.items],
        }
        outfile.write(json.dumps(feed, ensure_ascii=False))

    def item(self, item):
        text = {"content_html": item["content"]} if item["content"] else {"content_text": item["summary"]}
        return text | {
            "id": item["unique_id"],
            "url": item["link"],
            "title": item["title"],
            "summary": item["summary"],
            "date_published": rfc3339_date(item["pubdate"]),
            "date_modified": rfc3339_date(item["updateddate"]),
            "authors": [{"name": item["author_name"], "url": item["author_link"]}],
            "tags": item["categories"],
        }
