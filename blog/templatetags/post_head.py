"""The post's part of its page's head."""

from django import template
from django.conf import settings

from blog.absolute import first_picture
from blog.structured import blog_posting, data_block

register = template.Library()


@register.inclusion_tag("blog/_post_head.html")
def post_head(post):
    """Show what others make of a link to a published post: its card, and the post as data."""
    picture = first_picture(post.html, settings.SITE_URL + post.get_absolute_url())
    data = blog_posting(post, picture)
    return {
        "post": post,
        "url": data["url"],
        "picture": picture,
        "published": data["datePublished"],
        "changed": data["dateModified"],
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "data": data_block(data),
    }
