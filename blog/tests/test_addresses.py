"""The addresses of pages, kept."""

import string
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from blog.addresses import address
from blog.models import Post, Tag
from blog.tests.factories import PostFactory, TagFactory

ODD = "“…”\x80\xa0\u2028\ud7ff\ufffd😀\U0010ffff"  # no letters, and the ends of what the pattern lets in


def test_each_address_is_that_of_its_page():
    for slug in ("bread", "brot-und-käse", "bread"):
        assert address("blog:post_detail", slug) == reverse("blog:post_detail", args=[slug])
    assert address("blog:tag_detail", "bread") == reverse("blog:tag_detail", args=["bread"])


def test_it_is_worked_out_once(monkeypatch):
    first = address("blog:post_detail", "worked-out-once")
    monkeypatch.setattr("blog.addresses.reverse", None)

    assert address("blog:post_detail", "worked-out-once") == first


@pytest.mark.django_db
def test_what_the_database_takes_for_a_slug_has_pages(client):
    post = PostFactory(slug=ODD, tags=[TagFactory(slug=ODD)])
    narrowed = f"/search/?{urlencode({'q': post.title, 'tag': ODD})}"

    for page in (post.get_absolute_url(), post.tags.get().get_absolute_url(), "/", "/tags/", "/feed/", narrowed):
        assert client.get(page).status_code == 200


@pytest.mark.django_db
def test_the_database_takes_of_ascii_what_addresses_are_made_of():
    PostFactory(tags=1)

    def takes(model, slug):
        with suppress(IntegrityError), transaction.atomic():
            return model.objects.update(slug=slug)

    for model in (Post, Tag):
        taken = {character for character in map(chr, range(1, 128)) if takes(model, f"a{character}")}
        assert taken == set(string.ascii_letters + string.digits + "-_")
