"""Every address of the site; blog/urls.py has the readers'."""

from django.conf import settings
from django.contrib import admin
from django.http import Http404
from django.urls import include, path, re_path
from django.views.defaults import page_not_found
from django.views.generic import RedirectView

from bloggy import views

admin.site.site_header = admin.site.site_title = settings.SITE_NAME

# The old Bloggy's addresses -> today's names.
OLD_ADDRESSES = {
    "new": "admin:blog_post_add",
    "login": "login",
    "auth/login": "login",
    "auth/logout": "logout",
    "auth/register": "signup",
    "auth/registration": "signup",
    "auth/profile": "profile",
    "account/settings": "profile",
    "auth/password_change": "password_change",
    "auth/password_retrieval": "password_reset",
    "auth/password_reset/[^/]+": "password_reset",
}

urlpatterns = [
    path("", include("blog.urls")),
    # Django's redirect to any object: it would tell all staff the address of a draft, and nothing here needs it.
    re_path(r"^admin/r/", page_not_found, {"exception": Http404()}),
    # One page for each thing: the admin's own forms for passwords would be a second door to guard.
    path("admin/password_change/", RedirectView.as_view(pattern_name="password_change")),
    path("admin/password_reset/", RedirectView.as_view(pattern_name="password_reset"), name="admin_password_reset"),
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls")),
    path("favicon.ico", views.favicon),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    *(
        re_path(rf"^{old}/?$", RedirectView.as_view(pattern_name=name, permanent=True))
        for old, name in OLD_ADDRESSES.items()
    ),
]

handler400 = "bloggy.views.bad_request"
handler500 = "bloggy.views.server_error"
