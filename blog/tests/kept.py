"""What tests of kept pages share."""

from django.urls import reverse

from blog import kept_pages
from blog.models import Post


def forget():
    """Empty the memory."""
    kept_pages.plain.clear()
    kept_pages.queried.clear()


def is_hit(response):
    return response.headers.get("Cache-Status") == "bloggy; hit"


def paths():
    """Return the path of every page that is kept, of the post of the fixture."""
    post = Post.objects.get(slug="first")
    names = "post_list tag_list archive post_feed post_feed_rss post_feed_json comment_feed sitemap sitemap_posts"
    tag, author = post.tags.get().slug, post.author
    return [
        *(reverse(f"blog:{name}") for name in [*names.split(), "sitemap_lists"]),
        *(reverse(f"blog:{name}", args=["first"]) for name in ("post_detail", "post_source", "post_comment_feed")),
        *(reverse(f"blog:{name}", args=[tag]) for name in ("tag_detail", "tag_feed")),
        reverse("blog:author_detail", args=[author.pk, author.public_slug]),
        reverse("blog:author_feed", args=[author.pk]),
        reverse("blog:archive_year", args=[2024]),
        reverse("blog:archive_month", args=[2024, 5]),
    ]
