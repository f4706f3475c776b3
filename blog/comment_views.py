"""What readers do with comments: write one, delete one's own; and what moderators do: hide and show."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from psycopg.errors import ForeignKeyViolation

from accounts.forms import LoginForm
from accounts.views import log_in
from blog.comment_forms import CommentForm
from blog.models import Comment, Post
from blog.models.comments import CommentQuerySet
from blog.views import COMMENTS_A_PAGE
from bloggy.prepared import Prepared

# Built once; without the posts' texts. Where a page is full, the next comment stands beyond it. Of two that come at the
# same moment neither counts the other: one writer may be led to the first page, which leads on.
A_PAGE_FULL = Comment.objects.visible().filter(post=OuterRef("pk")).values("pk")[COMMENTS_A_PAGE - 1 : COMMENTS_A_PAGE]
COMMENTED = Post.objects.published().only("slug", "title", "comments_open").annotate(has_full_page=Exists(A_PAGE_FULL))
the_commented_post = Prepared(lambda slug: COMMENTED.filter(slug=slug), "example")


def post_at(slug):
    """Return the published post of an address, which may have changed since the form was opened; raises Http404."""
    post = Post.objects.published().at(slug)
    if post is None:
        raise Http404("No such post.")
    return post


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comment_new(request, slug):
    """Take a comment. One that can't be taken comes back in its form; who is logged out meanwhile logs in there."""
    if request.method != "POST":
        return redirect(f"{post_at(slug).get_absolute_url()}#comment-new")
    post = the_commented_post.first(slug) or COMMENTED.formerly_at(slug)
    if post is None:
        return comment_again(request, None, status=404)
    if not post.comments_open:
        return comment_again(request, post)
    if not request.user.is_authenticated:
        login_form = LoginForm(request, request.POST if "username" in request.POST else None)
        if not login_form.is_valid():
            return comment_again(request, post, login_form=login_form)
        log_in(request, login_form)
    form = CommentForm(request.POST, instance=Comment(post=post, author=request.user))
    if not form.is_valid():
        return comment_again(request, post, form, status=200)
    try:
        with transaction.atomic():
            comment = form.save(commit=False).save_once()
    except IntegrityError as error:
        if not isinstance(error.__cause__, ForeignKeyViolation):
            raise
        return comment_again(request, None, status=404)  # the post was deleted at this moment
    if comment.state != Comment.State.VISIBLE:  # sent again after it was hidden
        messages.info(request, _("A moderator has hidden this comment."))
    if comment is form.instance and not request.user.is_staff:
        is_beyond = post.has_full_page
    else:  # a twin is counted there already, and a moderator's page holds more
        is_beyond = goes_beyond_a_page(post, request.user)
    return HttpResponseRedirect(address_of(comment, is_beyond))  # redirect() would look for a view of that name


def comment_again(request, post, form=None, login_form=None, expired=False, status=403):
    """Show a comment that was not taken, to be sent again or copied; without a post, for that is not public now."""
    form = form or CommentForm(initial=request.POST.dict())
    context = {"post": post, "form": form, "login_form": login_form, "expired": expired}
    return render(request, "blog/comment_new.html", context, status=status)


def csrf_failed(request, slug):
    """Answer a form whose token is old: with the text, and a token of today."""
    login_form = None if request.user.is_authenticated else LoginForm(request)
    return comment_again(request, Post.objects.published().at(slug), login_form=login_form, expired=True)


comment_new.csrf_failed = csrf_failed


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def comment_delete(request, slug, pk):
    """Ask whether to delete a comment of one's own, then do it; a second click finds it gone and is content."""
    post = post_at(slug)
    comment = post.comments.visible().filter(author=request.user, pk=pk).select_for_update(of=["self"]).first()
    if request.method == "POST" and (comment or not post.comments.filter(pk=pk).exclude(body="").exists()):
        if comment:
            comment.retract()
        return redirect(f"{post.get_absolute_url()}#comments")
    if comment is None:
        raise Http404("No such comment of yours.")
    return render(request, "blog/comment_delete.html", {"post": post, "comment": comment})


@login_required
def comment_hide(request, slug, pk):
    """Take a comment off its page."""
    return moderate(request, slug, pk, CommentQuerySet.hide)


@login_required
def comment_show(request, slug, pk):
    """Bring a comment back to its page."""
    return moderate(request, slug, pk, CommentQuerySet.show)


def moderate(request, slug, pk, verb):
    """Do it to a comment, if that is for the user to decide; a link, as after a log-in, leads to the comment only."""
    comment = get_object_or_404(post_at(slug).comments.moderated_by(request.user), pk=pk)
    if request.method == "POST":
        verb(Comment.objects.filter(pk=pk))
    return redirect(address_of(comment, goes_beyond_a_page(comment.post, request.user)))


def goes_beyond_a_page(post, user):
    """Tell whether the comments that somebody sees below a post have no room on one page."""
    return post.comments.readable_by(user)[COMMENTS_A_PAGE:].exists()


def address_of(comment, is_beyond):
    """Return where a comment stands on its post's page: on the first page of comments if they all stand there."""
    return comment.get_absolute_url() if is_beyond else f"{comment.post.get_absolute_url()}#{comment.anchor}"
