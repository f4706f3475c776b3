"""The readers' addresses. A view, its URL name and its template share one name."""

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from blog import views


class SlugConverter(StringConverter):
    """A slug in any alphabet, no longer than a column holds."""

    regex = r"[-\w]{1,100}"


register_converter(SlugConverter, "uslug")

app_name = "blog"
urlpatterns = [
    path("", views.post_list, name="post_list"),
    re_path(r"^post/(?P<pk>[0-9]{1,19})/?$", views.post_by_id, name="post_by_id"),
    path("post/<uslug:slug>/", views.post_detail, name="post_detail"),
    path("tag/<uslug:slug>/", views.tag_detail, name="tag_detail"),
    re_path(r"^author/(?P<pk>[0-9]{1,19})/(?P<slug>[-\w]{1,100})/$", views.author_detail, name="author_detail"),
]
