"""The admin for comments."""

from django.contrib import admin
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from blog.admin.shared import FullTextSearch, SafeAutocomplete
from blog.models import Comment
from bloggy.admin_lists import LongList


@admin.register(Comment)
class CommentAdmin(LongList, FullTextSearch, SafeAutocomplete, admin.ModelAdmin):
    list_display = ["beginning", "author", "post", "state", "created_at"]
    list_filter = ["state", "created_at"]
    list_select_related = ["author", "post"]
    ordering = ["-id"]
    sortable_by = []  # no other order has an index
    autocomplete_fields = ["post", "author"]
    raw_id_fields = ["parent"]
    readonly_fields = ["created_at", "edited_at"]
    fields = ["post", "author", "parent", "body", "body_format", "state", "created_at", "edited_at"]
    actions = ["show", "remove"]

    def get_readonly_fields(self, request, obj=None):
        """Leave people's words to them: only the state of a comment is for others to change."""
        return self.readonly_fields if request.user.is_superuser else [name for name in self.fields if name != "state"]

    def save_model(self, request, obj, form, change):
        """Store what was changed here alone: its writer may have deleted the words meanwhile."""
        obj.save(update_fields=form.changed_data if change else None)

    def view_on_site(self, obj):
        return obj.get_absolute_url()

    def get_queryset(self, request):
        return super().get_queryset(request).defer("post__body", "post__body_html", "post__search")

    @admin.display(description=_("text"))
    def beginning(self, comment):
        return Truncator(comment.body).chars(60)

    @admin.action(description=_("Show the selected comments"), permissions=["change"])
    def show(self, request, queryset):
        self.tell(request, queryset.show())

    @admin.action(description=_("Take the selected comments off their pages"), permissions=["change"])
    def remove(self, request, queryset):
        self.tell(request, queryset.hide())

    def tell(self, request, changed):
        message = ngettext("%(count)d comment changed.", "%(count)d comments changed.", changed)
        self.message_user(request, message % {"count": changed})
