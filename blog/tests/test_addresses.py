"""The addresses of pages, kept."""

from django.urls import reverse

from blog.addresses import address


def test_each_address_is_that_of_its_page():
    for slug in ("bread", "brot-und-käse", "bread"):
        assert address("blog:post_detail", slug) == reverse("blog:post_detail", args=[slug])
    assert address("blog:tag_detail", "bread") == reverse("blog:tag_detail", args=["bread"])


def test_it_is_worked_out_once(monkeypatch):
    first = address("blog:post_detail", "worked-out-once")
    monkeypatch.setattr("blog.addresses.reverse", None)

    assert address("blog:post_detail", "worked-out-once") == first
