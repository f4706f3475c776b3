"""Every address of the site; blog/urls.py has the readers'."""

from django.conf import settings
from django.contrib import admin
from django.http import Http404
from django.urls import include, path, re_path
from django.views.defaults import page_not_found

from bloggy import views

admin.site.site_header = admin.site.site_title = settings.SITE_NAME

urlpatterns = [
    path("", include("blog.urls")),
    # Django's redirect to any object: it would tell all staff the address of a draft, and nothing here needs it.
    re_path(r"^admin/r/", page_not_found, {"exception": Http404()}),
    path("admin/", admin.site.urls),
    path("favicon.ico", views.favicon),
]

handler400 = "bloggy.views.bad_request"
handler500 = "bloggy.views.server_error"
