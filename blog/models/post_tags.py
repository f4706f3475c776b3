"""Which post bears which tag."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from blog.models.posts import Post
from blog.models.tags import Tag


class PostTag(models.Model):
    """A post's tag, with the post's date beside it so that one index answers a tag's page."""

    post = models.ForeignKey(
        Post, models.CASCADE, related_name="post_tags", verbose_name=_("post"), db_index=False
    )  # the constraint's index begins with it
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="post_tags", verbose_name=_("tag"), db_index=False)
    # Kept equal to the post's by a trigger (migration 0002), whoever writes either.
    published_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("tag of a post")
        verbose_name_plural = _("tags of posts")
        indexes = [models.Index(fields=["tag", "-published_at", "-post"], name="blog_posttag_newest")]
        constraints = [models.UniqueConstraint(fields=["post", "tag"], name="blog_posttag_once")]

    def __str__(self):
        return str(self.tag)
