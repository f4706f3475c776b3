"""What a post of 1,000 words costs who opens it for the first time."""

import pytest

from blog.demo.pool import pool
from blog.markdown import number_of_words
from blog.tests.factories import PostFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def post(transactional_db):
    others = PostFactory.create_batch(5, tags=2)
    bodies, text = [entry.body for entry in pool() if "![" not in entry.body], ""
    while number_of_words(text) < 1000:
        text += f"\n\n{bodies.pop(0)}"
    return PostFactory(body=text, tags=others[2].tags.all())


@pytest.fixture
def page(whole_browser, site):
    context = whole_browser.new_context(base_url=site)
    yield context.new_page()
    context.close()


@pytest.fixture
def loaded(page):
    """What the page loads: of each request its address, its kind and how many bytes of it came over the wire."""
    found, client = {}, page.context.new_cdp_session(page)

    def begin(event):
        found[event["requestId"]] = {"url": event["response"]["url"], "kind": event["type"]}

    def end(event):
        found[event["requestId"]]["bytes"] = event["encodedDataLength"]

    client.on("Network.responseReceived", begin)
    client.on("Network.loadingFinished", end)
    client.send("Network.enable")
    client.send("Network.setCacheDisabled", {"cacheDisabled": True})
    return found


def test_it_is_the_page_the_stylesheet_and_the_icon_in_30_kb(page, post, loaded, site):
    html = page.goto(post.get_absolute_url(), wait_until="networkidle").body()

    document, _stylesheet, icon = loaded.values()
    assert [one["kind"] for one in loaded.values()] == ["Document", "Stylesheet", "Other"]  # no script, no font
    assert all(one["url"].startswith(site) for one in loaded.values())
    assert "/favicon." in icon["url"]
    assert document["bytes"] < len(html) / 2  # compressed
    assert sum(one["bytes"] for one in loaded.values()) <= 30 * 1024
    assert b"<script" not in html.replace(b'<script type="application/ld+json">', b"")  # data, never run
