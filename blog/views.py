"""What readers open. Each view loads, decides and renders; who may see a post is Post.objects.published()."""

from functools import partial

from django.conf import settings
from django.db.models import Count, F, OuterRef, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.models import User
from blog import roles
from blog.comment_forms import CommentForm
from blog.contents import contents
from blog.filled_pages import filled
from blog.kept_pages import PAGED, kept
from blog.models import Comment, Post, PostTag, Tag
from blog.models.posts import PUBLISHED
from blog.neighbours import previous_and_next, related_posts, with_neighbours
from blog.pages import Cursor, PageForm, PreparedRows, page_of
from bloggy.prepared import Prepared

POSTS_A_PAGE = 10
MOST_TAGS = 500  # on the page of all tags
COMMENTS_A_PAGE = 200


# Built once: a page only narrows them.
POSTS = Post.objects.published().for_listing()
FEATURED = POSTS.featured()
COMMENTS = Comment.objects.visible().for_listing()


def with_slug(slug, posts=None):
    """Return the post of an address, published or one of the given, with what its page shows of it."""
    posts = Post.objects.published() if posts is None else posts
    return with_neighbours(posts.for_page().filter(slug=slug))


# What readers ask for: how each list is paged, and its queries, written once.
OF_ALL = {"size": POSTS_A_PAGE, "pinned": FEATURED}
OF_AUTHOR = {"size": POSTS_A_PAGE}
OF_TAG = {"size": POSTS_A_PAGE, "keys": Post.TAGGED_KEYS}
OF_COMMENTS = {"size": COMMENTS_A_PAGE, "keys": ("created_at", "id"), "newest_first": False}
the_posts = PreparedRows(lambda: POSTS, **OF_ALL)
the_posts_of_author = PreparedRows(lambda author: POSTS.filter(author=author), -1, **OF_AUTHOR)
the_posts_with_tag = PreparedRows(POSTS.tagged, -1, **OF_TAG)
the_comments = PreparedRows(lambda post: COMMENTS.filter(post=post), -1, **OF_COMMENTS)
the_published_post = Prepared(with_slug, "example")

BLANK_FORM = CommentForm()  # the same for all, and so rendered once


def cursors(request):
    """Return the page that the address asks for, as page_of()'s arguments; raises Http404 for a malformed one."""
    if not request.GET:
        return {}
    form = PageForm(request.GET)
    if not form.is_valid():
        raise Http404("No such page.")
    return form.cleaned_data


@kept(*PAGED)
@filled
@require_safe
def post_list(request):
    """Show the published posts, newest first, the featured ones above them."""
    page = page_of(the_posts, **cursors(request), **OF_ALL)
    return render(request, "blog/post_list.html", {"page": page})


@kept()
@filled
@require_safe
def tag_list(request):
    """Show the tags of published posts, or the most used of them, with how many posts each has."""
    posts = PostTag.objects.filter(PUBLISHED, tag=OuterRef("pk")).values("tag").annotate(number=Count("post"))
    tags = Tag.objects.annotate(number=Subquery(posts.values("number")))
    most_used = tags.order_by(F("number").desc(nulls_last=True), "pk")[: MOST_TAGS + 1]
    used = [tag for tag in most_used if tag.number]
    shown = sorted(used[:MOST_TAGS], key=lambda tag: tag.name.casefold())
    return render(request, "blog/tag_list.html", {"tags": shown, "has_more": len(used) > MOST_TAGS})


@kept(*PAGED)
@filled
@require_safe
def tag_detail(request, slug):
    """Show the published posts with a tag."""
    tag = get_object_or_404(Tag, slug=slug)
    page = page_of(partial(the_posts_with_tag, tag.pk), **cursors(request), **OF_TAG)
    if not (page.rows or POSTS.tagged(tag).exists()):
        raise Http404("No published post has this tag.")
    return render(request, "blog/tag_detail.html", {"tag": tag, "page": page})


@kept(*PAGED)
@filled
@require_safe
def author_detail(request, pk, slug):
    """Show the published posts of an author, at the address that bears today's name."""
    author = get_object_or_404(User, pk=pk)
    page = page_of(partial(the_posts_of_author, author.pk), **cursors(request), **OF_AUTHOR)
    if not (page.rows or POSTS.filter(author=author).exists()):
        raise Http404("This author has published nothing.")
    if slug != author.public_slug:
        return redirect("blog:author_detail", pk, author.public_slug, permanent=True)
    return render(request, "blog/author_detail.html", {"author": author, "page": page})


@require_safe
def post_by_id(request, pk):
    """Lead an old address to today's."""
    return redirect(get_object_or_404(Post.objects.published().only("slug"), pk=pk), permanent=True)


@kept(*PAGED)
@filled
@require_safe
def post_detail(request, slug):
    """Show a post and its comments; lead a former address to today's."""
    user = request.user
    found = with_slug(slug, Post.objects.readable_by(user)) if user.is_staff else the_published_post(slug)
    if not found:
        former = get_object_or_404(Post.objects.published().only("slug"), former_slugs__slug=slug)
        return redirect(former, permanent=True)
    post = found[0]
    comments = page_of(
        post.comments.readable_by(user).for_listing() if user.is_staff else partial(the_comments, post.pk),
        **cursors(request),
        **OF_COMMENTS,
        place=lambda comment: Cursor(comment.created_at, comment.pk),
    )
    previous_post, next_post = previous_and_next(post)
    context = {
        "post": post,
        "contents": contents(post.html, post.words),
        "previous_post": previous_post,
        "next_post": next_post,
        "related_posts": related_posts(post),
        "page": comments,
        "form": BLANK_FORM,
        "may_handle": roles.may_handle(user, post),
        "may_moderate": roles.may_moderate(user),
    }
    return render(request, "blog/post_detail.html", context)


@kept()
@require_safe
def post_source(request, slug):
    """Send a post's text as its author wrote it; lead a former address to today's."""
    post = Post.objects.readable_by(request.user).only("slug", "body").filter(slug=slug).first()
    if post is None:
        former = get_object_or_404(Post.objects.published().only("slug"), former_slugs__slug=slug)
        return redirect("blog:post_source", former.slug, permanent=True)
    headers = {"Link": f'<{settings.SITE_URL}{post.get_absolute_url()}>; rel="canonical"'}
    return HttpResponse(post.body, "text/markdown; charset=utf-8", headers=headers)
