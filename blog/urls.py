"""The readers' addresses. A view, its URL name and its template share one name."""

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from blog import archive_views, comment_views, feed_views, search_views, sitemaps, slugs, views


class SlugConverter(StringConverter):
    """A slug, no longer than a column holds."""

    regex = f"{slugs.CHARACTER}{{1,{slugs.MAX_LENGTH}}}"


register_converter(SlugConverter, "uslug")

COMMENT = rf"^post/(?P<slug>{SlugConverter.regex})/comment/(?P<pk>[0-9]{{1,19}})/"

app_name = "blog"
urlpatterns = [
    path("", views.post_list, name="post_list"),
    re_path(r"^post/(?P<pk>[0-9]{1,19})/?$", views.post_by_id, name="post_by_id"),
    path("post/<uslug:slug>/", views.post_detail, name="post_detail"),
    path("post/<uslug:slug>.md", views.post_source, name="post_source"),
    path("post/<uslug:slug>/comment/", comment_views.comment_new, name="comment_new"),
    re_path(COMMENT + "delete/$", comment_views.comment_delete, name="comment_delete"),
    re_path(COMMENT + "hide/$", comment_views.comment_hide, name="comment_hide"),
    re_path(COMMENT + "show/$", comment_views.comment_show, name="comment_show"),
    path("tags/", views.tag_list, name="tag_list"),
    path("tag/<uslug:slug>/", views.tag_detail, name="tag_detail"),
    path("feed/", feed_views.post_feed, name="post_feed"),
    path("feed/rss/", feed_views.post_feed_rss, name="post_feed_rss"),
    path("feed.json", feed_views.post_feed_json, name="post_feed_json"),
    path("tag/<uslug:slug>/feed/", feed_views.tag_feed, name="tag_feed"),
    re_path(r"^author/(?P<pk>[0-9]{1,19})/feed/$", feed_views.author_feed, name="author_feed"),  # before author_detail
    path("comments/feed/", feed_views.comment_feed, name="comment_feed"),
    path("post/<uslug:slug>/feed/", feed_views.post_comment_feed, name="post_comment_feed"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap/posts.xml", sitemaps.sitemap_posts, name="sitemap_posts"),
    path("sitemap/lists.xml", sitemaps.sitemap_lists, name="sitemap_lists"),
    path("robots.txt", sitemaps.robots, name="robots"),
    re_path(r"^author/(?P<pk>[0-9]{1,19})/(?P<slug>[-\w]{1,100})/$", views.author_detail, name="author_detail"),
    path("archive/", archive_views.archive, name="archive"),
    re_path(r"^archive/(?P<year>[0-9]{4})/$", archive_views.archive_year, name="archive_year"),
    re_path(r"^archive/(?P<year>[0-9]{4})/(?P<month>[0-9]{1,2})/$", archive_views.archive_month, name="archive_month"),
    path("search/", search_views.search, name="search"),
]
