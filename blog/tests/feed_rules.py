"""The rules of W3C's feed validator that can be checked without it, for Atom (RFC 4287) and RSS 2.0."""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
RFC822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
ADDRESS = re.compile(r' (?:href|src)="([^"]*)"')


def parsed(response):
    """Return what feedparser makes of a feed; it must have nothing to say about it."""
    found = feedparser.parse(response.content, response_headers={"content-type": response.headers["Content-Type"]})
    assert found.bozo == 0, found.get("bozo_exception")
    return found


def atom(response):
    """Return the root of a valid Atom feed."""
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    parsed(response)
    root = ElementTree.fromstring(response.content)
    assert root.tag == f"{ATOM}feed"
    check_atom_parts(root)
    own = [link for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert len(own) == 1
    entries = root.findall(f"{ATOM}entry")
    for entry in entries:
        check_atom_parts(entry)
        (author,) = entry.findall(f"{ATOM}author")
        assert author.findtext(f"{ATOM}name")
        assert author.find(f"{ATOM}email") is None
        (alternate,) = entry.findall(f"{ATOM}link")
        assert alternate.get("rel") == "alternate"
        assert_links_absolute(entry.findtext(f"{ATOM}content") or "")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len({*ids, root.findtext(f"{ATOM}id")}) == len(ids) + 1
    return root


def check_atom_parts(element):
    """Check what a feed and an entry both need, exactly once each."""
    for name in ("id", "title", "updated"):
        (one,) = element.findall(ATOM + name)
        assert (one.text or "").strip(), name
    for name in ("updated", "published"):
        for date in element.findall(ATOM + name):
            assert RFC3339.fullmatch(date.text)
            datetime.fromisoformat(date.text)
    assert_absolute(element.findtext(f"{ATOM}id"))
    for link in element.iter(f"{ATOM}link"):
        assert_absolute(link.get("href"))
    for name in ("summary", "content", "author", "subtitle"):
        assert len(element.findall(ATOM + name)) <= 1


def rss(response):
    """Return the channel of a valid RSS feed."""
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    parsed(response)
    root = ElementTree.fromstring(response.content)
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    (channel,) = root
    for name in ("title", "link", "description", "lastBuildDate"):
        assert channel.findtext(name), name
    (own,) = channel.findall(f"{ATOM}link")
    assert own.get("rel") == "self"
    items = channel.findall("item")
    for item in items:
        assert item.findtext("title") or item.findtext("description")
        assert RFC822.fullmatch(item.findtext("pubDate"))
        parsedate_to_datetime(item.findtext("pubDate"))
        assert item.find("author") is None  # it would have to be an e-mail address
        assert item.findtext(CREATOR)
        assert item.find("guid").get("isPermaLink") == "false"
        assert_absolute(item.findtext("link"))
        assert_links_absolute(item.findtext(CONTENT) or "")
    guids = [item.findtext("guid") for item in items]
    assert len(set(guids)) == len(guids)
    return channel


def assert_links_absolute(html):
    for address in ADDRESS.findall(html):
        assert_absolute(address)


def assert_absolute(address):
    parts = urlsplit(address)
    assert parts.scheme == "mailto" or (parts.scheme in ("http", "https") and parts.netloc), address
    assert address.isascii(), address


def assert_a_new_answer_follows(change, client, url):
    """Check that who has a feed's answer gets a 304 before a change, and a new answer after it."""
    before = client.get(url)
    by_tag = {"if-none-match": before.headers["ETag"]}
    by_date = {"if-modified-since": before.headers["Last-Modified"]}
    assert [client.get(url, headers=headers).status_code for headers in (by_tag, by_date)] == [304, 304]
    change()
    assert [client.get(url, headers=headers).status_code for headers in (by_tag, by_date)] == [200, 200]
