"""The admin for tags."""

from django.contrib import admin
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, OuterRef
from django.utils.translation import gettext_lazy as _

from blog.models import Post, PostTag, Tag
from bloggy.admin import BoundedSearch
from bloggy.admin_lists import AtLeast, LongList

MOST_COUNTED = 1000  # posts a tag: fifty tags are listed at once


@admin.register(Tag)
class TagAdmin(LongList, BoundedSearch, admin.ModelAdmin):
    list_display = ["name", "slug", "post_count"]
    ordering = ["name"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request):
        """Count the posts of the tags that are shown only, and not all of those: a join would read every one."""
        posts = PostTag.objects.filter(tag=OuterRef("pk")).values("post")[: MOST_COUNTED + 1]
        number = Func(ArraySubquery(posts), function="cardinality", output_field=IntegerField())
        return super().get_queryset(request).annotate(counted=number)

    def view_on_site(self, obj):
        """Lead to the tag's page, where there is one."""
        return obj.get_absolute_url() if Post.objects.published().tagged(obj).exists() else None

    @admin.display(description=_("posts"))
    def post_count(self, tag):
        return AtLeast(MOST_COUNTED) if tag.counted > MOST_COUNTED else tag.counted
