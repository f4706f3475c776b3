"""What the feeds hold, by Django's syndication framework. Every link in them starts with SITE_URL."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import Case, F, Func, IntegerField, TextField, Value, When
from django.db.models.lookups import LessThanOrEqual
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _

from blog.absolute import absolute
from blog.feed_types import Atom, Json, Rss
from blog.models import Comment, Post
from blog.pages import EPOCH

ENTRIES = 20
CONTENT_BYTES = 1_000_000  # of all contents of a feed, as written; a single post can have as much


def at_site(path):
    """Return the absolute address of a path."""
    return settings.SITE_URL + path


def with_content(rows):
    """Load with each row its HTML as `content`; one that no feed can hold stays in the database, unread."""
    size = Func(F("body_html"), function="octet_length", output_field=IntegerField())
    fits = When(LessThanOrEqual(size, CONTENT_BYTES), then="body_html")
    return rows.defer("body", "body_html", "search").annotate(
        content=Case(fits, default=Value(""), output_field=TextField())
    )


def bounded(rows):
    """Return the newest rows as a list, each one's `content` with absolute links, empty where it fits in no more."""
    rows, left = list(rows[:ENTRIES]), CONTENT_BYTES
    for row in rows:
        html = row.content and f'<div dir="auto">{absolute(row.content, at_site(row.get_absolute_url()))}</div>'
        size = len(escape(html).encode())
        row.content = html if size <= left else ""
        left -= size if row.content else 0
    return rows


class SiteFeed(Feed):
    """A feed of rows with an author; `view` names its address, of which `key` is the part that its owner decides."""

    feed_type = Atom
    item_description = None  # feed_types.py writes summaries and contents itself
    item_guid_is_permalink = False

    def key(self, owner):
        return []

    def feed_url(self, owner):
        return at_site(reverse(self.view, args=self.key(owner)))

    feed_guid = feed_url

    def feed_extra_kwargs(self, owner):
        return {"since": EPOCH}

    def subtitle(self, owner):
        return self.description(owner)

    def item_link(self, row):
        return at_site(row.get_absolute_url())

    def item_author_name(self, row):
        return row.author.public_name


class PostFeed(SiteFeed):
    """The newest published posts. A post's id is its old address, which stays when the title and the slug change."""

    view = "blog:post_feed"

    def title(self, owner):
        return settings.SITE_NAME

    def description(self, owner):
        return _("The latest posts on %(site)s") % {"site": settings.SITE_NAME}

    def link(self, owner):
        return at_site(reverse("blog:post_list"))

    def items(self, owner):
        posts = Post.objects.published().order_by("-published_at", "-id")
        return self.loaded(posts)

    def loaded(self, posts):
        """Return the newest of the posts with all that an entry shows, in one query."""
        return bounded(with_content(posts.for_listing()))

    def item_author_link(self, post):
        return at_site(post.author_address)  # who comments has no page

    def item_title(self, post):
        return post.title

    def item_guid(self, post):
        return at_site(reverse("blog:post_by_id", args=[post.pk]))

    def item_pubdate(self, post):
        return post.published_at

    def item_updateddate(self, post):
        return post.changed_at

    def item_categories(self, post):
        return [tag.name for tag in post.shown_tags]

    def item_comments(self, post):
        return at_site(f"{post.get_absolute_url()}#comments")

    def item_extra_kwargs(self, post):
        return {"summary": post.excerpt, "content": post.content}


class RssPostFeed(PostFeed):
    feed_type, view = Rss, "blog:post_feed_rss"


class JsonPostFeed(PostFeed):
    feed_type, view = Json, "blog:post_feed_json"


class TagFeed(PostFeed):
    """The newest published posts with a tag."""

    view = "blog:tag_feed"

    def key(self, tag):
        return [tag.slug]

    def title(self, tag):
        return f"{tag.name} – {settings.SITE_NAME}"

    def description(self, tag):
        return _("Posts tagged “%(tag)s”") % {"tag": tag.name}

    def link(self, tag):
        return at_site(tag.get_absolute_url())

    def items(self, tag):
        newest = [f"-{key}" for key in Post.TAGGED_KEYS]
        return self.loaded(Post.objects.published().tagged(tag).order_by(*newest))


class AuthorFeed(PostFeed):
    """The newest published posts of an author."""

    view = "blog:author_feed"

    def key(self, author):
        return [author.pk]

    def title(self, author):
        return f"{author.public_name} – {settings.SITE_NAME}"

    def description(self, author):
        return _("Posts by %(author)s") % {"author": author.public_name}

    def link(self, author):
        return at_site(reverse("blog:author_detail", args=[author.pk, author.public_slug]))

    def items(self, author):
        return self.loaded(Post.objects.published().filter(author=author).order_by("-published_at", "-id"))


class CommentFeed(SiteFeed):
    """The newest visible comments on published posts, by id: it has an index, and is as good as their time."""

    view = "blog:comment_feed"

    def title(self, owner):
        return _("Comments on %(site_name)s") % {"site_name": settings.SITE_NAME}

    def description(self, owner):
        return _("The latest comments")

    def link(self, owner):
        return at_site(reverse("blog:post_list"))

    def items(self, owner):
        of_published = Comment.objects.visible().filter(post__in=Post.objects.published()).select_related("post")
        posts_texts = ("post__body", "post__body_html", "post__search")
        return bounded(with_content(of_published.for_listing().order_by("-id")).defer(*posts_texts))

    def item_title(self, comment):
        return _("%(author)s on “%(title)s”") % {"author": comment.author.public_name, "title": comment.post.title}

    def item_guid(self, comment):
        return at_site(f"{reverse('blog:post_by_id', args=[comment.post_id])}#{comment.anchor}")

    def item_pubdate(self, comment):
        return comment.created_at

    def item_updateddate(self, comment):
        return comment.changed_at

    def item_extra_kwargs(self, comment):
        return {"summary": "", "content": comment.content}


class PostCommentFeed(CommentFeed):
    """The newest visible comments on a published post."""

    view = "blog:post_comment_feed"

    def key(self, post):
        return [post.slug]

    def title(self, post):
        return _("Comments on %(title)s") % {"title": post.title}

    def link(self, post):
        return at_site(post.get_absolute_url())

    def feed_extra_kwargs(self, post):
        return {"since": post.published_at}

    def items(self, post):
        comments = with_content(post.comments.visible().for_listing().order_by("-created_at", "-id"))
        return bounded(comments)
