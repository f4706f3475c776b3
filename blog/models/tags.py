"""Tags."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from blog import slugs
from blog.addresses import address
from bloggy.rows import from_db
from bloggy.text import is_visible


class TagQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def in_use(self):
        """Return the tags of published posts, with the time of each one's newest post as `newest`.

        One look into an index for each tag. Asked with EXISTS, PostgreSQL at times rather reads all tags of all posts.
        """
        of_tag = self.model.posts.through.objects.filter(tag=OuterRef("pk"), published_at__lte=Now())
        newest = of_tag.order_by("-published_at", "-post").values("published_at")[:1]
        return self.annotate(newest=Subquery(newest)).filter(newest__isnull=False)


class Tag(models.Model):
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("address"), max_length=slugs.MAX_LENGTH, unique=True, allow_unicode=True)

    objects = TagQuerySet.as_manager()
    from_db = classmethod(from_db)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="blog_tag_name_lower", violation_error_message=_("There is a tag with this name.")
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(slug=""),
                name="blog_tag_not_empty",
                violation_error_message=_("A tag needs a name and an address."),
            ),
            models.CheckConstraint(condition=slugs.IN_ADDRESS, name="blog_tag_slug_in_address"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return address("blog:tag_detail", self.slug)

    def natural_key(self):
        return (self.slug,)

    def clean(self):
        """Ask for a name that can be read."""
        if self.name and not is_visible(self.name):
            raise ValidationError({"name": _("This name has invisible characters only: write one that can be read.")})
