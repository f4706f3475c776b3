"""The admin for posts."""

import copy

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.db.models import F, Max, Min, Q
from django.db.models.functions import Now
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog import roles
from blog.admin.shared import FullTextSearch, SafeAutocomplete
from blog.forms import AuthorField, PostForm
from blog.models import Post, PostSlug
from blog.widgets import is_id
from bloggy.admin_lists import LongList
from bloggy.views import send_again

MOST_YEARS = 50
FOR_EDITORS = ("author", "is_featured")
UNSEEN = {"comments_open", "is_featured", "version"}  # what a post can change and read as before
PROPOSABLE = ("title", "slug", "author", "body", "summary", "tag_list")  # by the address of the form for a new post


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


class YearFilter(admin.SimpleListFilter):
    """The years between the first and the last post, by two look-ups in an index; date_hierarchy reads every date."""

    title = _("year")
    parameter_name = "year"

    def lookups(self, request, model_admin):
        ends = model_admin.get_queryset(request).aggregate(first=Min("published_at"), last=Max("published_at"))
        if ends["first"] is None:
            return []
        newest = min(ends["last"].year, timezone.now().year + 1)  # what is scheduled for later has a filter of its own
        oldest = max(ends["first"].year, newest - MOST_YEARS + 1)
        return [(str(year), str(year)) for year in range(newest, oldest - 1, -1)]

    def queryset(self, request, queryset):
        offered = dict(self.lookup_choices)
        return queryset.filter(published_at__year=int(self.value())) if self.value() in offered else queryset


class FormerSlugInline(admin.TabularInline):
    model = PostSlug
    readonly_fields = ["slug"]
    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(slug=F("post__slug"))  # one that was taken back is no former one

    def has_add_permission(self, request, obj=None):
        return False  # the database keeps them when an address changes


@admin.register(Post)
class PostAdmin(LongList, FullTextSearch, SafeAutocomplete, admin.ModelAdmin):
    form = PostForm
    list_display = ["title", "author", "state", "published_at"]
    list_filter = [StateFilter, YearFilter, "is_featured", "comments_open", "body_format"]
    list_select_related = ["author"]
    ordering = ["-published_at", "-id"]
    sortable_by = ["published_at"]  # no other order has an index
    prepopulated_fields = {"slug": ["title"]}
    readonly_fields = ["state", "words", "created_at", "updated_at"]
    fieldsets = [
        (None, {"fields": ["title", "slug", "author", "body", "body_format", "summary", "tag_list"]}),
        (
            _("Publication"),
            {
                "fields": ["state", "published_at", "comments_open", "is_featured"],
                "description": format_lazy(_("Times are in the site's time zone, {zone}."), zone=settings.TIME_ZONE),
            },
        ),
        (_("About this post"), {"fields": ["words", "created_at", "updated_at"], "classes": ["collapse"]}),
    ]

    @admin.display(description=_("state"))
    def state(self, post):
        return {"draft": _("draft"), "scheduled": _("scheduled"), "published": _("published")}[post.state]

    def get_queryset(self, request):
        posts = super().get_queryset(request).editable_by(request.user)
        return posts if "object_id" in request.resolver_match.kwargs else posts.defer("body", "body_html")

    # The list shows only what one may handle; these say the same of a single post, whoever hands it over.
    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and (obj is None or roles.may_handle(request.user, obj))

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or roles.may_handle(request.user, obj))

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or roles.may_handle(request.user, obj))

    def get_autocomplete_fields(self, request):
        return ["author"] if request.user.has_perm("accounts.view_user") else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Let who may not look at accounts choose among those who write here, by their names."""
        if db_field.name == "author" and not self.get_autocomplete_fields(request):
            of_this = Post.objects.filter(pk=request.resolver_match.kwargs.get("object_id")).values("author")
            writers = User.objects.filter(Q(is_staff=True) | Q(pk__in=of_this)).order_by("first_name", "pk")
            kwargs |= {"form_class": AuthorField, "queryset": writers}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.base_fields["tag_list"] = field = copy.deepcopy(form.base_fields["tag_list"])
        field.widget.can_add_related = roles.may(request.user, "add_tag")
        form.user = request.user
        return form

    def get_inlines(self, request, obj):
        return [FormerSlugInline] if obj else []  # a new post has no former address

    def get_fieldsets(self, request, obj=None):
        if roles.reach(request.user) is roles.Reach.ALL:
            return self.fieldsets
        return [
            (title, options | {"fields": [name for name in options["fields"] if name not in FOR_EDITORS]})
            for title, options in self.fieldsets
        ]

    def get_changeform_initial_data(self, request):
        proposed = super().get_changeform_initial_data(request)
        return {"author": request.user.pk} | {name: proposed[name] for name in PROPOSABLE if name in proposed}

    def render_change_form(self, request, context, obj=None, **kwargs):
        """Speak of the post as it is stored, also above a form that was refused."""
        if obj and request.method == "POST":
            context["original"] = obj = self.get_object(request, str(obj.pk)) or obj
            context["subtitle"] = str(obj)
        return super().render_change_form(request, context, obj=obj, **kwargs)

    def changeform_view(self, request, object_id=None, *args, **kwargs):
        """Give back what is sent for a post that was deleted meanwhile: sent once more, it becomes a new one."""
        if request.method == "POST" and object_id and self.has_add_permission(request):
            number = Post._meta.pk.to_python(object_id) if is_id(object_id) else None
            if number and not Post.objects.filter(pk=number).exists():
                return send_again(request, reverse("admin:blog_post_add"))
        return super().changeform_view(request, object_id, *args, **kwargs)

    def save_form(self, request, form, change):
        """Return the post to store; for a double click on a new one, the one that the first click stored."""
        post = super().save_form(request, form, change)
        if not change and (twin := self.get_queryset(request).twin_of(post)):
            form.instance = post = twin
        return post

    def delete_model(self, request, obj):
        self.delete_queryset(request, Post.objects.filter(pk=obj.pk))

    def delete_queryset(self, request, queryset):
        """Delete posts; a comment that comes at this moment waits, and then finds none."""
        list(queryset.order_by("pk").select_for_update(of=["self"]).values_list("pk"))
        super().delete_queryset(request, queryset)

    def save_model(self, request, obj, form, change):
        if not change and roles.reach(request.user) is not roles.Reach.ALL:
            obj.author = request.user
        before = obj.updated_at
        super().save_model(request, obj, form, change)
        if change and UNSEEN.issuperset(form.changed_data):  # readers are told of no update where there is none
            Post.objects.filter(pk=obj.pk).update(updated_at=before)

    def view_on_site(self, obj):
        return obj.get_absolute_url()

    def response_add(self, request, obj, post_url_continue=None):
        return self.tell(request, obj, super().response_add(request, obj, post_url_continue))

    def response_change(self, request, obj):
        return self.tell(request, obj, super().response_change(request, obj))

    def tell(self, request, post, response):
        """Say behind Django's own message who will see a post; lead to its page if it was saved to be viewed."""
        if IS_POPUP_VAR in request.POST:
            return response
        self.message_user(request, what_readers_see(post))
        return redirect(post) if "_view" in request.POST else response


def what_readers_see(post):
    """Return who will see a post that was just saved, as a sentence."""
    if post.state == "draft":
        return gettext("It is a draft: readers can't see it.")
    if post.state == "published":
        return gettext("Readers see it now.")
    when = date_format(timezone.localtime(post.published_at), "DATETIME_FORMAT")
    return gettext("Readers will see it from %(when)s %(zone)s.") % {"when": when, "zone": settings.TIME_ZONE}
