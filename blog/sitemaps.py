"""What search engines ask for: the sitemap (https://www.sitemaps.org/protocol.html) and robots.txt.

Django's sitemaps page by OFFSET, and count every row for each page; here a page is found by keyset.
"""

from urllib.parse import quote
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, Subquery, Window
from django.db.models.functions import Greatest, Mod, RowNumber
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import User
from blog.kept_pages import PAGED, kept
from blog.models import Post, Tag
from blog.pages import EPOCH, Cursor, page_of
from blog.views import cursors
from bloggy.conditional import with_validators

ADDRESSES_A_PAGE = 10_000
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
ROBOTS = """User-agent: *
Disallow: {admin}
Disallow: {accounts}
Disallow: {search}?

Sitemap: {sitemap}
"""


def written(root, child, places):
    """Return the answer that lists places, pairs of a path and when it changed (None: that is not known)."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{NAMESPACE}">']
    for path, changed in places:
        lastmod = f"<lastmod>{changed.isoformat(timespec='seconds')}</lastmod>" if changed else ""
        lines.append(f"<{child}><loc>{escape(settings.SITE_URL + path)}</loc>{lastmod}</{child}>")
    response = HttpResponse("\n".join([*lines, f"</{root}>\n"]), content_type="application/xml; charset=utf-8")
    return with_validators(response, max((changed for _path, changed in places if changed), default=EPOCH))


@kept()
@require_safe
def sitemap(request):
    """List the pages of the sitemap: that of the lists, and those of the posts, oldest first so that they stay."""
    order = Window(RowNumber(), order_by=["published_at", "id"])
    numbered = Post.objects.published().annotate(place=Mod(order, ADDRESSES_A_PAGE))
    starts = numbered.filter(place=1).order_by("published_at", "id").values_list("published_at", "id")
    begins = [Cursor(at, pk - 1) for at, pk in starts]
    changed = None
    if len(begins) == 1:  # of more posts, it would take reading them all
        changed = Post.objects.published().aggregate(last=Max(Greatest("published_at", "updated_at")))["last"]
    posts = reverse("blog:sitemap_posts")
    pages = [reverse("blog:sitemap_lists"), *(f"{posts}?after={cursor}" for cursor in begins)]
    return written("sitemapindex", "sitemap", [(page, changed) for page in pages])


@kept(*PAGED)
@require_safe
def sitemap_posts(request):
    """List the published posts behind a cursor."""
    posts = Post.objects.published().values_list("slug", "published_at", "updated_at", "pk", named=True)
    page = page_of(posts, ADDRESSES_A_PAGE, **cursors(request), newest_first=False)
    address = addresses("blog:post_detail", "SLUG")
    places = [(address(post.slug), max(post.published_at, post.updated_at)) for post in page.rows]
    return written("urlset", "url", places)


@kept()
@require_safe
def sitemap_lists(request):
    """List the front page, the tags and the authors with published posts, each as new as its newest post."""
    tag, author = addresses("blog:tag_detail", "SLUG"), addresses("blog:author_detail", 999, "SLUG")
    half = ADDRESSES_A_PAGE // 2 - 1
    places = [(tag(one.slug), one.newest) for one in Tag.objects.in_use().order_by("pk")[:half]]
    places += [(author(one.pk, one.public_slug), one.newest) for one in authors().order_by("pk")[:half]]
    front = max((changed for _path, changed in places), default=None)
    return written("urlset", "url", [(reverse("blog:post_list"), front), *places])


def authors():
    """Return the names of the accounts with published posts, with the time of each one's newest post as `newest`."""
    posts = Post.objects.published().filter(author=OuterRef("pk")).order_by("-published_at", "-id")
    newest = Subquery(posts.values("published_at")[:1])
    return User.objects.filter(Exists(posts)).annotate(newest=newest).only("first_name", "last_name")


def addresses(view, *examples):
    """Return what reverse() does for one view, ten times as quick; examples are arguments to find in its address."""
    template = reverse(view, args=examples)
    for number, example in enumerate(examples):
        template = template.replace(str(example), f"{{{number}}}")
    return lambda *values: template.format(*(quote(str(value)) for value in values))


@require_safe
def robots(request):
    """Say where the sitemap is, and what is not for search engines."""
    text = ROBOTS.format(
        admin=reverse("admin:index"),
        accounts="/accounts/",
        search=reverse("blog:search"),
        sitemap=settings.SITE_URL + reverse("blog:sitemap"),
    )
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
