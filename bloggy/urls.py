"""Every address of the site; blog/urls.py has the readers'."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from bloggy import views

admin.site.site_header = admin.site.site_title = settings.SITE_NAME

urlpatterns = [
    path("", include("blog.urls")),
    path("admin/", admin.site.urls),
    path("favicon.ico", views.favicon),
]

handler400 = "bloggy.views.bad_request"
handler500 = "bloggy.views.server_error"
