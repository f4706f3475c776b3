import pytest
from django.conf import settings
from django.urls import reverse

from blog.tests.factories import NOON, PostFactory
from blog.tests.feed_rules import CONTENT, parsed, rss

pytestmark = pytest.mark.django_db
URL = reverse("blog:post_feed_rss")


def test_an_item_has_everything_of_its_post(client):
    post = PostFactory(title="Bread", body="Some *words* [there](/x).", published_at=NOON, tags=2)

    (item,) = rss(client.get(URL)).findall("item")

    assert item.findtext("title") == "Bread"
    assert item.findtext("link") == settings.SITE_URL + post.get_absolute_url()
    assert item.findtext("guid") == f"{settings.SITE_URL}/post/{post.pk}"
    assert item.findtext("pubDate") == "Wed, 01 May 2024 12:00:00 +0000"
    assert item.findtext("comments").endswith("/#comments")
    assert item.findtext("description") == "Some words there."
    assert f'<a href="{settings.SITE_URL}/x">there</a>' in item.findtext(CONTENT)
    assert [one.text for one in item.findall("category")] == [tag.name for tag in post.tags.all()]


@pytest.mark.parametrize(
    ("title", "written"),
    [("Q&A", "Q&A"), ("Don't “say” 1 > 0", "Don't “say” 1 > 0"), ("<b> & &lt;", "&lt;b> & &amp;lt;")],
)
def test_a_title_reads_the_same_as_text_and_as_html(client, title, written):
    PostFactory(title=title)

    response = client.get(URL)

    assert rss(response).find("item").findtext("title") == written
    assert "script" not in parsed(response).entries[0].title


def test_it_costs_two_queries(client, django_assert_num_queries):
    PostFactory.create_batch(5, tags=2)

    with django_assert_num_queries(2):  # the version; posts with authors and tags
        client.get(URL)


def test_hostile_texts_and_what_xml_cannot_hold_do_no_harm(client):
    hostile = "<script>]]>\x0b\ufffe\x01!"
    post = PostFactory(title=hostile, body=hostile, summary=hostile, author__first_name=hostile, tags=1)
    post.tags.update(name=hostile)

    assert rss(client.get(URL)).find("item").findtext("description") == "&lt;script&gt;]]&gt; !"


def test_who_has_it_gets_304(client):
    PostFactory()

    etag = client.get(URL).headers["ETag"]

    assert client.get(URL, headers={"if-none-match": etag}).status_code == 304
