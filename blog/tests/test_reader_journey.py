"""A reader in Chromium: opens the blog, reads, pages there and back, follows a tag, an author and an old link."""

import re

import pytest
from playwright.sync_api import expect

from blog.tests.factories import CommentFactory, PostFactory, TagFactory, UserFactory

pytestmark = pytest.mark.browser
BODY = """Some *words* and `code`.

## Averyveryverylongheadingwithoutanyplacetobreakitaveryveryverylongheading

- [x] averyveryverylongtaskwithoutanyplacetobreakitaveryveryverylongtask[^averylongnote]

[^averylongnote]: averyveryverylongnotewithoutanyplacetobreakitaveryveryverylongnote

## A heading

| a wide column of many words that do not break | b | c | d | another wide column of many words |
|---|---|---|---|---|
| https://example.com/a/very/long/address/without/any/place/to/break/it | 2 | 3 | 4 | 5 |

```python
def a_function(with_quite, many_arguments, that_make, the_line, longer_than, any_phone, is_wide):
    return "text"
```

averyveryverylongwordwithoutanyplacetobreakitaveryveryverylongwordwithoutanyplacetobreakit
"""


@pytest.fixture
def blog(transactional_db):
    author, tag = UserFactory(first_name="Ada", last_name="Byron"), TagFactory(name="Baking")
    posts = PostFactory.create_batch(24, author=author, tags=[tag])
    newest = PostFactory(title="The <b>newest</b>", body=BODY, author=author, tags=[tag], slug="newest")
    CommentFactory(post=newest, body="Well said.")
    return [newest, *reversed(posts)]


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_reader_opens_reads_and_pages_there_and_back(page, blog, complaints, width):
    page.set_viewport_size({"width": width, "height": 900})

    page.goto("/")
    expect(page.locator("article")).to_have_count(10)
    expect(page.locator("article h2").first).to_have_text("The <b>newest</b>")
    assert fits(page)

    page.get_by_role("link", name="The <b>newest</b>").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The <b>newest</b>")
    expect(page.locator(".post__body")).to_contain_text("A heading")
    expect(page.locator(".comment")).to_contain_text("Well said.")
    assert fits(page)

    page.go_back()
    titles = [page.locator("article h2").all_inner_texts()]
    for _ in range(2):
        page.get_by_role("link", name="Older posts").click()
        titles.append(page.locator("article h2").all_inner_texts())
    assert [len(some) for some in titles] == [10, 10, 5]
    expect(page.get_by_role("link", name="Older posts")).to_have_count(0)

    for some in reversed(titles[:2]):
        page.get_by_role("link", name="Newer posts").click()
        assert page.locator("article h2").all_inner_texts() == some
    expect(page.get_by_role("link", name="Newer posts")).to_have_count(0)
    assert complaints == []


def test_tags_authors_and_old_links_lead_on(page, blog, complaints):
    page.goto(f"/post/{blog[0].pk}")
    expect(page).to_have_url(re.compile("/post/newest/$"))

    page.get_by_role("link", name="Baking").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Baking")
    expect(page.locator("article")).to_have_count(10)

    page.get_by_role("link", name="Ada Byron").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Byron")
    expect(page.locator("article")).to_have_count(10)
    assert complaints == []


def test_the_keyboard_reaches_the_content_first(page, blog):
    page.goto("/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "content"


def every_kind_of_page(post):
    tag, author = post.tags.get(), post.author
    yield from ("/", "/post/newest/", "/nope/", "/archive/", "/archive/2024/", "/archive/2024/5/", "/tags/")
    yield from (tag.get_absolute_url(), f"/author/{author.pk}/{author.public_slug}/")
    yield from ("/search/", "/search/?q=words", "/search/?q=" + "nothing" * 12)
    yield from ("/accounts/login/", "/accounts/signup/", "/accounts/password_reset/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1920])
def test_pages_fit_and_a_line_stays_readable(page, blog, scheme, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)

    for path in every_kind_of_page(blog[0]):
        page.goto(path)
        assert fits(page), path
    page.goto("/")
    assert page.locator(".post-card__excerpt").first.bounding_box()["width"] <= 760
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(int(part) for part in ground[4:-1].split(",")) > 380) == (scheme == "light")


def test_no_page_loads_a_script(page, blog):
    loaded = []
    page.on("request", lambda request: loaded.append((request.resource_type, request.url)))

    for path in ("/", "/post/newest/", "/nope/"):
        page.goto(path)

    kinds = {kind for kind, _url in loaded}
    assert "script" not in kinds
    assert kinds <= {"document", "stylesheet", "other", "image"}
