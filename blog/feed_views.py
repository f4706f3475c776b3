"""What feed readers open. Each view finds whose feed it is; blog/feeds.py says what it holds."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from accounts.models import User
from blog import feeds
from blog.kept_pages import kept
from blog.models import Post, Tag
from bloggy.conditional import with_validators


def answer(request, feed, owner=None):
    """Return a feed; raises Http404 for the feed of an owner without a published post."""
    made = feed.get_feed(owner, request)
    if owner and not made.items and not isinstance(owner, Post):
        raise Http404("There is no published post.")
    response = HttpResponse(content_type=made.content_type)
    made.write(response, "utf-8")
    return with_validators(response, made.latest_post_date())


@kept()
@require_safe
def post_feed(request):
    """Give the newest posts as Atom."""
    return answer(request, feeds.PostFeed())


@kept()
@require_safe
def post_feed_rss(request):
    """Give the newest posts as RSS."""
    return answer(request, feeds.RssPostFeed())


@kept()
@require_safe
def post_feed_json(request):
    """Give the newest posts as JSON Feed."""
    return answer(request, feeds.JsonPostFeed())


@kept()
@require_safe
def tag_feed(request, slug):
    """Give the newest posts with a tag."""
    return answer(request, feeds.TagFeed(), get_object_or_404(Tag, slug=slug))


@kept()
@require_safe
def author_feed(request, pk):
    """Give the newest posts of an author."""
    return answer(request, feeds.AuthorFeed(), get_object_or_404(User, pk=pk))


@kept()
@require_safe
def comment_feed(request):
    """Give the newest comments."""
    return answer(request, feeds.CommentFeed())


@kept()
@require_safe
def post_comment_feed(request, slug):
    """Give the newest comments on a post; lead a former address to today's."""
    post = Post.objects.published().defer("body", "body_html").at(slug)
    if post is None:
        raise Http404("No such post.")
    if post.slug != slug:
        return redirect("blog:post_comment_feed", post.slug, permanent=True)
    return answer(request, feeds.PostCommentFeed(), post)
