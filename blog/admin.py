"""The admin for posts, tags and comments: who may handle which post is PostQuerySet.editable_by()."""

from django.contrib import admin
from django.db.models import Count, Q
from django.db.models.functions import Now
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from blog import roles, search
from blog.forms import PostForm
from blog.models import Comment, Post, PostSlug, PostTag, Tag
from bloggy.admin import BoundedSearch


class FullTextSearch:
    """Search by the generated column and its index instead of by LIKE, which reads every row."""

    search_fields = ["search"]

    def get_search_results(self, request, queryset, search_term):
        query = search.beginning_with(search_term)
        return (queryset.filter(search=query) if query else queryset), False


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("draft", _("draft")), ("scheduled", _("scheduled")), ("published", _("published"))]

    def queryset(self, request, queryset):
        match self.value():
            case "draft":
                return queryset.filter(published_at=None)
            case "scheduled":
                return queryset.filter(published_at__gt=Now())
            case "published":
                return queryset.published()
        return queryset


class TagInline(admin.TabularInline):
    model = PostTag
    verbose_name, verbose_name_plural = _("tag"), _("tags")
    autocomplete_fields = ["tag"]
    extra = 1
    max_num = 50

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("tag")


class FormerSlugInline(admin.TabularInline):
    model = PostSlug
    readonly_fields = ["slug"]
    extra = 0

    def has_add_permission(self, request, obj=None):
        return False  # the database keeps them when an address changes


@admin.register(Post)
class PostAdmin(FullTextSearch, admin.ModelAdmin):
    form = PostForm
    list_display = ["title", "author", "state", "published_at"]
    list_filter = [StateFilter, "comments_open", "body_format"]
    list_select_related = ["author"]
    date_hierarchy = "published_at"
    ordering = ["-published_at", "-id"]
    list_per_page = 50
    show_full_result_count = False
    prepopulated_fields = {"slug": ["title"]}
    readonly_fields = ["state", "words", "created_at", "updated_at"]
    inlines = [TagInline, FormerSlugInline]
    fieldsets = [
        (None, {"fields": ["title", "slug", "author", "body", "body_format", "summary"]}),
        (_("Publication"), {"fields": ["state", "published_at", "comments_open"]}),
        (_("About this post"), {"fields": ["words", "created_at", "updated_at"], "classes": ["collapse"]}),
    ]

    @admin.display(description=_("state"), ordering="published_at")
    def state(self, post):
        return {"draft": _("draft"), "scheduled": _("scheduled"), "published": _("published")}[post.state]

    def get_queryset(self, request):
        posts = super().get_queryset(request).editable_by(request.user)
        return posts if "object_id" in request.resolver_match.kwargs else posts.defer("body", "body_html")

    def get_autocomplete_fields(self, request):
        return ["author"] if request.user.has_perm("accounts.view_user") else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Let who may not look at accounts choose among those who write here, by their names."""
        if db_field.name == "author" and not self.get_autocomplete_fields(request):
            written = Q(posts__pk=request.resolver_match.kwargs.get("object_id"))
            kwargs["queryset"] = User.objects.filter(Q(is_staff=True) | written).distinct().order_by("first_name", "pk")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_inlines(self, request, obj):
        return self.inlines if obj else [TagInline]  # a new post has no former address

    def get_fieldsets(self, request, obj=None):
        if roles.reach(request.user) is roles.Reach.ALL:
            return self.fieldsets
        (title, options), *others = self.fieldsets
        return [(title, {"fields": [name for name in options["fields"] if name != "author"]}), *others]

    def get_changeform_initial_data(self, request):
        return {"author": request.user.pk} | super().get_changeform_initial_data(request)

    def save_model(self, request, obj, form, change):
        if not change and roles.reach(request.user) is not roles.Reach.ALL:
            obj.author = request.user
        super().save_model(request, obj, form, change)

    def view_on_site(self, obj):
        return obj.get_absolute_url()


@admin.register(Tag)
class TagAdmin(BoundedSearch, admin.ModelAdmin):
    list_display = ["name", "slug", "post_count"]
    show_full_result_count = False
    ordering = ["name"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(post_count=Count("post_tags"))

    def view_on_site(self, obj):
        """Lead to the tag's page, where there is one."""
        return obj.get_absolute_url() if Post.objects.published().tagged(obj).exists() else None

    @admin.display(description=_("posts"), ordering="post_count")
    def post_count(self, tag):
        return tag.post_count


@admin.register(Comment)
class CommentAdmin(FullTextSearch, admin.ModelAdmin):
    list_display = ["beginning", "author", "post", "state", "created_at"]
    list_filter = ["state", "created_at"]
    list_select_related = ["author", "post"]
    date_hierarchy = "created_at"
    ordering = ["-id"]
    list_per_page = 50
    show_full_result_count = False
    autocomplete_fields = ["post", "author"]
    raw_id_fields = ["parent"]
    readonly_fields = ["created_at", "edited_at"]
    fields = ["post", "author", "parent", "body", "body_format", "state", "created_at", "edited_at"]
    actions = ["show", "remove"]

    def get_readonly_fields(self, request, obj=None):
        """Leave people's words to them: only the state of a comment is for others to change."""
        return self.readonly_fields if request.user.is_superuser else [name for name in self.fields if name != "state"]

    def view_on_site(self, obj):
        return obj.get_absolute_url()

    def get_queryset(self, request):
        return super().get_queryset(request).defer("post__body", "post__body_html", "post__search")

    @admin.display(description=_("text"))
    def beginning(self, comment):
        return Truncator(comment.body).chars(60)

    @admin.action(description=_("Show the selected comments"), permissions=["change"])
    def show(self, request, queryset):
        self.set_state(request, queryset, Comment.State.VISIBLE)

    @admin.action(description=_("Take the selected comments off their pages"), permissions=["change"])
    def remove(self, request, queryset):
        self.set_state(request, queryset, Comment.State.REMOVED)

    def set_state(self, request, queryset, state):
        changed = queryset.exclude(state=state).update(state=state)
        message = ngettext("%(count)d comment changed.", "%(count)d comments changed.", changed)
        self.message_user(request, message % {"count": changed})
