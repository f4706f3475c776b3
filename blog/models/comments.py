"""Comments on posts."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog import markdown, roles
from blog.models.posts import Post
from blog.models.search_keys import comment_keys
from blog.models.texts import UNSEEN_OF_AUTHOR, BodyFormat, body_vector, search_field
from blog.pages import Cursor
from bloggy.rows import from_db

AGAIN = timedelta(minutes=10)  # the same words on the same post within it are a double click, or a page loaded anew
TWIN = "SELECT public.twin_of_comment(%s, %s, %s, %s)"  # migration 0009
MAX_BODY = 5000  # characters; what was moved from an old Bloggy is plain text, as long as it is


class CommentQuerySet(models.QuerySet):
    def visible(self):
        return self.filter(state=Comment.State.VISIBLE)

    def readable_by(self, user):
        """Return the comments that a user may read: moderators see the hidden ones, too."""
        return self if roles.may_moderate(user) else self.visible()

    def hide(self):
        """Take comments off their pages; return how many that changed."""
        return self.exclude(state=Comment.State.REMOVED).update(state=Comment.State.REMOVED)

    def show(self):
        """Bring comments back, but those that their writers deleted; return how many that changed."""
        return self.exclude(state=Comment.State.VISIBLE).exclude(body="").update(state=Comment.State.VISIBLE)

    def moderated_by(self, user):
        """Return the comments that a user may hide and show."""
        return self if roles.may_moderate(user) else self.none()

    def for_listing(self):
        """Load what a page of comments shows in one query."""
        return self.select_related("author").defer("body", "parent", "search", *UNSEEN_OF_AUTHOR)


class CommentManager(models.Manager.from_queryset(CommentQuerySet)):
    def get_queryset(self):
        return super().get_queryset().defer("search")


class Comment(models.Model):
    class State(models.TextChoices):
        VISIBLE = "visible", _("visible")
        HELD = "held", _("held for approval")
        REMOVED = "removed", _("removed")

    post = models.ForeignKey(Post, models.CASCADE, related_name="comments", verbose_name=_("post"), db_index=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="comments", verbose_name=_("author")
    )
    parent = models.ForeignKey(
        "self", models.CASCADE, related_name="replies", verbose_name=_("in reply to"), null=True, blank=True
    )
    body = models.TextField(_("text"))
    body_format = models.CharField(_("format"), max_length=8, choices=BodyFormat, default=BodyFormat.MARKDOWN)
    body_html = models.TextField(editable=False, blank=True)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.VISIBLE)
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True, editable=False)
    search = search_field(body_vector())

    objects = CommentManager()
    from_db = classmethod(from_db)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        base_manager_name = "objects"
        indexes = [
            models.Index(fields=["post", "created_at", "id"], name="blog_comment_of_post"),
            # For the admin's filter, which finds enough visible ones among the newest.
            models.Index(fields=["state", "-id"], name="blog_comment_not_visible", condition=~Q(state="visible")),
            GinIndex("search", comment_keys(), name="blog_comment_words", fastupdate=False),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(body_format__in=BodyFormat.values), name="blog_comment_format"),
            models.CheckConstraint(condition=Q(state__in=["visible", "held", "removed"]), name="blog_comment_state"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")),
                name="blog_comment_not_its_own_parent",
                violation_error_message=_("A comment can't reply to itself."),
            ),
        ]

    def __str__(self):
        return _("Comment %(id)s") % {"id": self.pk}

    def save(self, *args, update_fields=None, **kwargs):
        """Render, then store; what is rendered is stored with the text only."""
        if update_fields is None:
            self.render()
        elif {"body", "body_format"} & set(update_fields):
            self.render()
            update_fields = {*update_fields, "body_html"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def get_absolute_url(self):
        """Lead to the page of comments that begins with this one: it may stand behind some hundreds."""
        return f"{self.post.get_absolute_url()}?after={Cursor(self.created_at, self.pk - 1)}#{self.anchor}"

    def save_once(self):
        """Store a new comment and return it; sent twice, return the one that is stored already.

        Needs a transaction: who sends twice at once waits for the first to be stored.
        """
        # Not the ORM's matter: no single query sees what is stored while it waits. The function does.
        ((pk,),) = connection.rows(TWIN, [self.post_id, self.author_id, self.body, timezone.now() - AGAIN])
        if pk and (twin := self.post.comments.only("post", "state", "created_at").filter(pk=pk).first()):
            return twin
        self.save()
        return self

    def retract(self):
        """Delete the comment; with replies below it, which are not its writer's, empty and hide it instead.

        Needs the row to be locked: a reply that comes at this moment then waits.
        """
        if self.replies.exists():
            self.body, self.state = "", Comment.State.REMOVED
            self.save(update_fields=["body", "state"])
        else:
            self.delete()

    def render(self):
        """Set body_html. Who writes in bulk calls this."""
        self.body_html = markdown.render_comment(self.body, self.body_format)

    @property
    def html(self):
        """The text as trusted HTML; rendered now where a row was written without it."""
        if not self.body_html and not self.is_retracted:
            self.render()
        return markdown.trusted(self.body_html)

    @property
    def anchor(self):
        """Return its place on the page."""
        return f"comment-{self.pk}"

    @property
    def changed_at(self):
        """Return when its words were last written."""
        return self.edited_at or self.created_at

    @property
    def is_retracted(self):
        """Tell whether its writer deleted it, and the row is kept for the replies below it."""
        return self.state == self.State.REMOVED and not self.body_html

    def validate_constraints(self, exclude=None):
        """Leave out what a form without the constraints' fields can't break: Django finds that out anew each time."""
        if not {"body_format", "state", "parent"} <= set(exclude or ()):
            super().validate_constraints(exclude)

    def clean(self):
        """Bound what is new, and keep a reply one level below a comment on the same post."""
        if self.body_format == BodyFormat.MARKDOWN and len(self.body) > MAX_BODY:
            message = _("A comment has at most %(limit)s characters; this one has %(length)s.")
            raise ValidationError({"body": message % {"limit": MAX_BODY, "length": len(self.body)}})
        if self.parent and (self.parent.parent_id or self.parent.post_id != self.post_id or self.parent == self):
            raise ValidationError({"parent": _("A reply answers a comment on the same post that is no reply itself.")})
        if self.pk is None:
            return  # nobody can have replied
        replies = Comment.objects.filter(parent=self.pk)
        if (replies if self.parent_id else replies.exclude(post=self.post_id)).exists():
            raise ValidationError(_("This comment has replies: it stays on its post, and can't become a reply."))
