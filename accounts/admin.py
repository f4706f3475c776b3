"""The admin for accounts; the e-mail address is the login."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bloggy.admin import BoundedSearch


class UserCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "first_name", "last_name"]


@admin.register(User)
class UserAdmin(BoundedSearch, DjangoUserAdmin):
    add_form = UserCreationForm
    list_display = ["email", "public_name", "is_staff", "is_active", "date_joined"]
    list_filter = ["is_staff", "is_superuser", "is_active", "groups"]
    search_fields = ["email", "first_name", "last_name"]
    ordering = ["email"]
    show_full_result_count = False
    date_hierarchy = "date_joined"
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "password", "first_name", "last_name"]}),
        (_("Rights"), {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["email", "first_name", "last_name", "usable_password", "password1", "password2"]}),
    ]

    def view_on_site(self, obj):
        """Lead to the author's page, where there is one."""
        has_page = obj.posts.published().exists()
        return reverse("blog:author_detail", args=[obj.pk, obj.public_slug]) if has_page else None

    @admin.display(description=_("shown as"))
    def public_name(self, user):
        return user.public_name
