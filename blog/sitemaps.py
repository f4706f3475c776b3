"""What search engines ask for: the sitemap (https://www.sitemaps.org/protocol.html) and robots.txt.

Django's sitemaps page by OFFSET, and count every row for each page; here a page is found by keyset.
"""

from datetime import UTC, datetime
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import OuterRef, Subquery, Window
from django.db.models.functions import Mod, RowNumber
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import User
from blog.models import Post, Tag
from blog.pages import Cursor, page_of
from blog.views import cursors
from bloggy.conditional import conditional

ADDRESSES_A_PAGE = 10_000
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
ROBOTS = """User-agent: *
Disallow: {admin}
Disallow: {accounts}
Disallow: {search}

Sitemap: {sitemap}
"""


def written(request, root, child, places):
    """Return the answer that lists places, pairs of a path and when it changed (or None)."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{NAMESPACE}">']
    for path, changed in places:
        lastmod = f"<lastmod>{changed.isoformat(timespec='seconds')}</lastmod>" if changed else ""
        lines.append(f"<{child}><loc>{escape(settings.SITE_URL + path)}</loc>{lastmod}</{child}>")
    response = HttpResponse("\n".join([*lines, f"</{root}>\n"]), content_type="application/xml; charset=utf-8")
    return conditional(request, response, max((changed for _path, changed in places if changed), default=LONG_AGO))


@require_safe
def sitemap(request):
    """List the pages of the sitemap: that of the lists, and those of the posts, oldest first so that they stay."""
    order = Window(RowNumber(), order_by=["published_at", "id"])
    numbered = Post.objects.published().annotate(place=Mod(order, ADDRESSES_A_PAGE))
    starts = numbered.filter(place=1).order_by("published_at", "id").values_list("published_at", "id")
    posts = reverse("blog:sitemap_posts")
    pages = [(f"{posts}?after={Cursor(at, pk - 1)}", None) for at, pk in starts]
    return written(request, "sitemapindex", "sitemap", [(reverse("blog:sitemap_lists"), None), *pages])


@require_safe
def sitemap_posts(request):
    """List the published posts behind a cursor."""
    posts = Post.objects.published().only("slug", "published_at", "updated_at")
    page = page_of(posts, ADDRESSES_A_PAGE, **cursors(request), newest_first=False)
    return written(request, "urlset", "url", [(post.get_absolute_url(), post.changed_at) for post in page.rows])


@require_safe
def sitemap_lists(request):
    """List the front page, the tags and the authors with published posts, each as new as its newest post."""
    of_tag = Post.objects.published().tagged(OuterRef("pk")).order_by("-tagged_at", "-tagged_id")
    of_author = Post.objects.published().filter(author=OuterRef("pk")).order_by("-published_at", "-id")
    half = ADDRESSES_A_PAGE // 2 - 1
    tags = with_newest(Tag.objects, of_tag)[:half]
    authors = with_newest(User.objects, of_author)[:half]
    places = [(tag.get_absolute_url(), tag.newest) for tag in tags]
    places += [(reverse("blog:author_detail", args=[one.pk, one.public_slug]), one.newest) for one in authors]
    front = max((changed for _path, changed in places), default=None)
    return written(request, "urlset", "url", [(reverse("blog:post_list"), front), *places])


def with_newest(owners, posts):
    """Return the owners of posts, by id, with the time of each one's first post as `newest`."""
    first = Subquery(posts.values("published_at")[:1])
    return owners.annotate(newest=first).filter(newest__isnull=False).order_by("pk")


@require_safe
def robots(request):
    """Say where the sitemap is, and what is not for search engines."""
    text = ROBOTS.format(
        admin=reverse("admin:index"),
        accounts="/accounts/",
        search="/search/",
        sitemap=settings.SITE_URL + reverse("blog:sitemap"),
    )
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
