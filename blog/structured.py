"""A post as data for search engines: JSON-LD after https://schema.org/BlogPosting."""

import json

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from blog.absolute import first_picture
from blog.addresses import static_address

# In JSON they stand in strings only. The first three could end the block, the others a line in older JavaScript.
ESCAPES = {mark: f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}
ENCODER = json.JSONEncoder(ensure_ascii=False)


def head_of(post):
    """Return what others make of a link to a published post: its addresses, its dates, and the post as data."""
    picture = first_picture(post.html, settings.SITE_URL + post.get_absolute_url())
    data = blog_posting(post, picture)
    return {
        "url": data["url"],
        "picture": picture,
        "published": data["datePublished"],
        "changed": data["dateModified"],
        "data": data_block(data),
    }


def blog_posting(post, picture):
    """Return a published post as a BlogPosting with all that Google recommends.

    picture is an absolute address; where it is empty, the site's icon stands for it.
    """
    icon = settings.SITE_URL + static_address("icon-512.png")
    address = settings.SITE_URL + post.get_absolute_url()
    author = settings.SITE_URL + post.author_address
    logo = {"@type": "ImageObject", "url": icon}
    return {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "mainEntityOfPage": {"@type": "WebPage", "@id": address},
        "url": address,
        "headline": post.title,
        "description": post.excerpt,
        "image": picture or icon,
        "datePublished": post.published_at.isoformat(timespec="seconds"),
        "dateModified": post.changed_at.isoformat(timespec="seconds"),
        "author": {"@type": "Person", "name": str(post.author.public_name), "url": author},
        "publisher": {"@type": "Organization", "name": settings.SITE_NAME, "url": settings.SITE_URL, "logo": logo},
        "keywords": [tag.name for tag in post.shown_tags],
        "wordCount": post.words,
    }


def data_block(data):
    """Return data as a block that no browser runs and no text in it can end."""
    text = ENCODER.encode(data)
    for mark, escape in ESCAPES.items():  # str.translate() takes ten times as long
        text = text.replace(mark, escape)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))
