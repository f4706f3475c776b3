"""The ways to hand a post on, of which no other site learns."""

from urllib.parse import quote, unquote

from django import template
from django.conf import settings

register = template.Library()
SUBJECT_CHARACTERS = 100  # some mail programs take no link longer than 2,000 characters


@register.inclusion_tag("blog/_share_post.html")
def share_post(post):
    """Show a published post's full address, and a link that writes a mail with it."""
    address = settings.SITE_URL + post.get_absolute_url()
    return {"address": address, "shown": unquote(address), "mail": mail_link(post.title, address)}


def mail_link(title, address):
    """Return the mailto: address (RFC 6068) of a mail without a receiver: title is its subject, address its text."""
    subject = " ".join(title.split())
    if len(subject) > SUBJECT_CHARACTERS:
        subject = subject[: SUBJECT_CHARACTERS - 1].rstrip() + "…"
    return f"mailto:?subject={quote(subject, safe='')}&body={quote(address, safe='')}"
