"""Comments on posts."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from blog import markdown
from blog.models.posts import Post
from blog.models.texts import BodyFormat, body_vector, search_field
from blog.pages import Cursor

MAX_BODY = 5000  # characters; what was moved from an old Bloggy is plain text, as long as it is


class CommentQuerySet(models.QuerySet):
    def visible(self):
        return self.filter(state=Comment.State.VISIBLE)

    def for_listing(self):
        """Load what a page of comments shows in one query."""
        return self.select_related("author").defer("body")


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

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        base_manager_name = "objects"
        indexes = [
            models.Index(fields=["post", "created_at", "id"], name="blog_comment_of_post"),
            GinIndex(fields=["search"], name="blog_comment_search"),
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
        """Render, then store."""
        self.render()
        if update_fields is not None:
            update_fields = {*update_fields, "body_html"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def get_absolute_url(self):
        """Lead to the page of comments that begins with this one: it may stand behind some hundreds."""
        return f"{self.post.get_absolute_url()}?after={Cursor(self.created_at, self.pk - 1)}#comment-{self.pk}"

    def render(self):
        """Set body_html. Who writes in bulk calls this."""
        self.body_html = markdown.render_comment(self.body, self.body_format)

    @property
    def html(self):
        """The text as trusted HTML; rendered now where a row was written without it."""
        if not self.body_html:
            self.render()
        return markdown.trusted(self.body_html)

    def clean(self):
        """Bound what is new, and keep a reply one level below a comment on the same post."""
        if self.body_format == BodyFormat.MARKDOWN and len(self.body) > MAX_BODY:
            message = _("A comment has at most %(limit)s characters; this one has %(length)s.")
            raise ValidationError({"body": message % {"limit": MAX_BODY, "length": len(self.body)}})
        if self.parent and (self.parent.parent_id or self.parent.post_id != self.post_id or self.parent == self):
            raise ValidationError({"parent": _("A reply answers a comment on the same post that is no reply itself.")})
        replies = Comment.objects.filter(parent=self.pk) if self.pk else Comment.objects.none()
        if (replies if self.parent_id else replies.exclude(post=self.post_id)).exists():
            raise ValidationError(_("This comment has replies: it stays on its post, and can't become a reply."))
