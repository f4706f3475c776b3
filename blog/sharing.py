"""The ways to hand a post on, of which no other site learns."""

from urllib.parse import quote

SUBJECT_CHARACTERS = 100  # some mail programs take no link longer than 2,000 characters


def mail_link(title, address):
    """Return the mailto: address (RFC 6068) of a mail without a receiver: title is its subject, address its text."""
    subject = " ".join(title.split())
    if len(subject) > SUBJECT_CHARACTERS:
        subject = subject[: SUBJECT_CHARACTERS - 1].rstrip() + "…"
    return f"mailto:?subject={quote(subject, safe='')}&body={quote(address, safe='')}"
