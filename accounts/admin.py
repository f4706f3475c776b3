"""The admin for accounts; the e-mail address is the login."""

from django.contrib import admin
from django.contrib.admin.widgets import AdminEmailInputWidget, AdminTextareaWidget
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.forms import PlainTextField, VisibleNames
from accounts.models import User
from bloggy.admin import BoundedSearch
from bloggy.admin_lists import LongList


class UserCreationForm(VisibleNames, AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "first_name", "last_name"]
        widgets = {"email": AdminEmailInputWidget({"autocomplete": "off"})}  # it is somebody else's

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs.pop("autofocus", None)  # the admin's script focuses it: Chromium complains


class VisibleUserChangeForm(VisibleNames, UserChangeForm):
    class Meta(UserChangeForm.Meta):
        model = User
        field_classes = {"bio": PlainTextField}
        widgets = {"bio": AdminTextareaWidget({"rows": 5, "dir": "auto"})}


@admin.register(User)
class UserAdmin(LongList, BoundedSearch, DjangoUserAdmin):
    form = VisibleUserChangeForm
    add_form = UserCreationForm
    list_display = ["email", "public_name", "is_staff", "is_active", "date_joined"]
    list_filter = ["is_staff", "is_superuser", "is_active", "groups"]
    search_fields = ["email", "first_name", "last_name"]
    ordering = ["email"]
    sortable_by = ["email", "date_joined"]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "password", "first_name", "last_name", "bio"]}),
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
