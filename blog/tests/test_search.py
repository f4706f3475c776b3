import re

import pytest
from django.db import connection
from django.urls import reverse

from blog.models import Post
from blog.tests.factories import NOON, CommentFactory, PostFactory, TagFactory

pytestmark = pytest.mark.django_db
URL = reverse("blog:search")
HOSTILE = "<script>alert(1)</script>"


def found(client, q, **parameters):
    """Return the titles that a search shows."""
    return [post.title for post in client.get(URL, {"q": q} | parameters).context["results"].rows]


def text_of(response):
    return response.content.decode()


def test_a_title_ranks_above_a_text_and_a_text_above_a_comment(client):
    CommentFactory(post=PostFactory(title="C"), body="tomato " * 200)
    PostFactory(title="B", body="tomato " * 200)
    PostFactory(title="A tomato")
    PostFactory(title="D")

    assert found(client, "tomatoes") == ["A tomato", "B", "C"]


def test_of_equal_matches_the_newest_comes_first(client):
    PostFactory(title="Old tomato", published_at=NOON)
    PostFactory(title="New tomato", published_at=NOON.replace(year=2025))

    assert found(client, "tomato") == ["New tomato", "Old tomato"]


@pytest.mark.parametrize(
    ("q", "titles"),
    [
        ("tomato soup", {"Tomato soup", "Soup of the tomato"}),
        ("tomato or bread", {"Tomato soup", "Soup of the tomato", "Bread"}),
        ('"tomato soup"', {"Tomato soup"}),
        ("soup -tomato", {"Fish soup"}),
        ('tomato "', {"Tomato soup", "Soup of the tomato"}),
        ("tomato & | !", {"Tomato soup", "Soup of the tomato"}),
        ("the fish", {"Fish soup"}),
    ],
)
def test_quotes_minus_and_or_are_understood(client, q, titles):
    for title in ("Tomato soup", "Soup of the tomato", "Fish soup", "Bread"):
        PostFactory(title=title, body="")

    assert set(found(client, q)) == titles


def test_what_is_not_public_is_never_found_nor_hinted_at(client):
    PostFactory(title="Tomato draft", draft=True, tags=[TagFactory(name="Tomatoes")])
    PostFactory(title="Tomato scheduled", scheduled=True)
    CommentFactory(post=PostFactory(draft=True), body="tomato")
    shown = PostFactory(title="Shown")
    CommentFactory(post=shown, body="tomato", state="held")
    CommentFactory(post=shown, body="tomato", state="removed")

    for q in ("tomato", "toma", "tomatto"):
        response = client.get(URL, {"q": q})
        assert response.context["results"].rows == []
        assert not response.context.get("other")
    assert "tomato" not in text_of(response).replace("tomatto", "").replace("tomato -soup", "").lower()


def test_a_hidden_comment_is_not_quoted_beside_a_visible_one(client):
    post = PostFactory(title="Tomato")
    CommentFactory(post=post, body="tomato secret", state="removed")
    visible = CommentFactory(post=post, body="My tomato", author__first_name="Ada")

    page = text_of(client.get(URL, {"q": "tomato"}))

    assert "My <mark>tomato</mark>" in page
    assert "secret" not in page
    assert f'href="{visible.get_absolute_url()}"' in page


def test_what_was_found_is_marked_in_titles_texts_and_comments(client):
    post = PostFactory(title="The Tomatoes", body="One **tomato** & [two](https://x.example) &copy;\n\n`a<b`")
    CommentFactory(post=post, body="A *tomato* & more")

    page = text_of(client.get(URL, {"q": "tomato"}))

    assert "The <mark>Tomatoes</mark>" in page
    assert "One <mark>tomato</mark> &amp; two ©\na&lt;b</p>" in page
    assert "A <mark>tomato</mark> &amp; more" in page


def test_a_post_in_whose_text_nothing_was_found_shows_its_excerpt(client):
    PostFactory(title="Tomato", body="Not this.", summary="A summary.")

    page = text_of(client.get(URL, {"q": "tomato"}))

    assert "A summary." in page
    assert "Not this." not in page


def test_hostile_text_is_text(client):
    post = PostFactory(title=f"Tomato {HOSTILE}", body=f"tomato {HOSTILE}", body_format="plain", tags=1)
    post.tags.update(name=HOSTILE)
    CommentFactory(post=post, body=f"tomato {HOSTILE}", author__first_name=HOSTILE)

    page = text_of(client.get(URL, {"q": f"tomato {HOSTILE}"})) + text_of(client.get(URL, {"q": "tomato"}))

    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_marks_that_a_writer_typed_mark_nothing(client):
    body = "\ue000red\ue001 tomato \ue001 <mark>blue</mark> &#xE000;x&#xE001;"
    PostFactory(title="A \ue000tomato\ue001 \ue000", body=body)

    page = text_of(client.get(URL, {"q": "tomato"}))

    assert page.count("<mark>") == page.count("</mark>") == 2
    assert page.count("<mark>tomato</mark>") == 2


def test_a_post_without_rendered_html_shows_its_source(client):
    Post.objects.filter(pk=PostFactory(body="red tomato").pk).update(body_html="", renderer=0)

    assert "red <mark>tomato</mark>" in text_of(client.get(URL, {"q": "tomato"}))


def test_a_snippet_leaves_out_the_numbers_and_arrows_of_footnotes(client):
    PostFactory(body="A red[^a] tomato[^a]\n[1]\n\n[^a]: The *proof* [here](/b).\n\n```\n<a>\n```")

    (post,) = client.get(URL, {"q": "tomato"}).context["results"].rows

    words = " ".join("".join(text for text, _found in post.text_pieces).split())
    assert words == "A red tomato [1] <a> Footnotes The proof here"


def test_it_costs_five_queries_for_many_authors_tags_and_comments(client, django_assert_num_queries):
    for post in PostFactory.create_batch(5, title="Tomato", tags=2):
        CommentFactory.create_batch(2, post=post, body="tomato")

    with django_assert_num_queries(5):  # matches, tags, authors, posts shown, comments shown
        response = client.get(URL, {"q": "tomato"})

    assert len(response.context["results"].rows) == 5


def test_a_beginning_costs_six_queries(client, django_assert_num_queries):
    CommentFactory(post=PostFactory(title="Tomato", tags=2), body="tomato")

    with django_assert_num_queries(6):  # no matches, matches of the beginning, tags, authors, posts, comments
        response = client.get(URL, {"q": "toma"})

    assert [post.title for post in response.context["results"].rows] == ["Tomato"]
    assert "words that begin like the last one" in text_of(response)


def test_nothing_found_costs_four_queries(client, django_assert_num_queries):
    PostFactory(title="Tomato", tags=2)

    with django_assert_num_queries(4):  # no matches, none of the beginning, why, words of tags and titles
        response = client.get(URL, {"q": "xyzzyx"})

    assert "Nothing found" in text_of(response)


@pytest.mark.parametrize("q", ["", " ", "!?", '"" - |', "\0"])
def test_without_a_word_the_database_is_not_asked(client, django_assert_num_queries, q):
    with django_assert_num_queries(0):
        response = client.get(URL, {"q": q})

    assert response.status_code == 200
    assert ("nothing to look for" in text_of(response)) == bool(q.strip(" \0"))


def test_a_near_word_is_offered_with_a_search_for_it_and_no_filter(client):
    PostFactory(title="Bread of rye")

    response = client.get(URL, {"q": 'rie "bred"', "year": 1999})

    assert offered(response) == ("?q=rye+%22bread%22", "rye &quot;bread&quot;")
    assert found(client, 'rye "bread"') == ["Bread of rye"]


def test_a_near_word_that_only_a_tag_has_leads_to_the_tag(client):
    tag = TagFactory(name="Sourdough")
    PostFactory(title="Bread", tags=[tag])

    assert offered(client.get(URL, {"q": "sourdouhg"})) == (tag.get_absolute_url(), "sourdough")


def test_near_words_that_find_nothing_together_are_not_offered(client, django_assert_num_queries):
    PostFactory(title="Bread", tags=[TagFactory(name="Sourdough")])

    with django_assert_num_queries(6):  # none, none of the beginning, why, words of tags and titles, none again, tag
        response = client.get(URL, {"q": "sourdouhg bread"})

    assert "Nothing found" in text_of(response)
    assert "Did you mean" not in text_of(response)


def offered(response):
    """Return (address, words) of the near words offered."""
    return re.search(r'Did you mean <a href="([^"]+)" dir="auto">([^<]+)</a>\?', text_of(response)).groups()


@pytest.mark.parametrize(
    ("q", "words"),
    [("the", "nothing to look for"), ("-tomato", "only leave something out"), ("xyzzy", "Nothing found")],
)
def test_who_finds_nothing_is_told_why(client, q, words):
    PostFactory(title="Tomato")
    PostFactory(title="Bread")

    assert words in text_of(client.get(URL, {"q": q}))


def test_pages_lead_there_and_back(client):
    PostFactory.create_batch(12, title="Tomato")

    first = client.get(URL, {"q": "tomato"})
    second = client.get(URL + first.context["results"].older)

    assert len(first.context["results"].rows) == 10
    assert len(second.context["results"].rows) == 2
    assert second.context["results"].newer == "?q=tomato"
    assert not first.context["results"].newer
    assert not second.context["results"].older
    assert b"12 posts" in first.content


def test_beyond_the_last_page_there_is_a_way_back_to_it(client):
    PostFactory.create_batch(12, title="Tomato")

    response = client.get(URL, {"q": "tomato", "page": 7})

    assert response.status_code == 200
    assert response.context["results"].newer == "?q=tomato&page=2"
    assert b"no results beyond this point" in response.content


def test_other_scripts_are_found_as_words_and_as_beginnings(client):
    PostFactory(title="我喜欢面包", body="تحميص الخبز")

    assert found(client, "我喜欢面包") == found(client, "我喜欢") == found(client, "الخبز") == ["我喜欢面包"]


def test_the_query_stays_in_the_box(client):
    page = text_of(client.get(URL, {"q": '"rye" <bread>'}))

    assert 'name="q" value="&quot;rye&quot; &lt;bread&gt;"' in page
    assert '<label for="id_q">' in page


def test_a_word_without_end_keeps_nobody_waiting(client):
    post = PostFactory(title="Zebra")
    Post.objects.filter(pk=post.pk).update(body_html=f"<p>a zebra {'7_' * 9000}</p>")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '2s'")  # PostgreSQL reads it in 5 s, its parts in 0.1 s

    response = client.get(URL, {"q": "zebra"})

    assert response.status_code == 200
    assert "<mark>zebra</mark>" in text_of(response)


def test_results_are_not_for_other_search_engines_but_the_box_is(client):
    box, results = text_of(client.get(URL)), text_of(client.get(URL, {"q": "x"}))

    assert 'content="noindex"' in results
    assert 'content="noindex"' not in box
    assert '<meta name="description" content="Search the posts and comments of Bloggy">' in box


def test_every_page_leads_to_it(client):
    assert f'href="{URL}"' in text_of(client.get("/"))


def test_only_reading_is_allowed_and_no_cookie_is_set(client):
    assert client.post(URL).status_code == 405
    assert not client.get(URL, {"q": "x"}).cookies
