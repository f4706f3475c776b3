"""The addresses in a rendered text, made absolute for where its page is not: in feeds and cards."""

import re
from html import escape, unescape
from urllib.parse import urljoin

# What nh3 writes: attributes in double quotes, in which < > " & are escaped, and no < in a text.
TAG = re.compile(r'<(?:a|img)(?: [\w-]+="[^"]*")*>')
ATTRIBUTE = re.compile(r' ([\w-]+)="([^"]*)"')
PICTURE = re.compile(r'<img(?: [\w-]+="[^"]*")*? src="([^"]*)"')


def absolute(html, base):
    """Return blog.markdown's HTML with every link and picture absolute; base is the address of its page.

    Pictures lose loading="lazy": readers of feeds load as they like. W3C's validator doesn't know it, nor aria-label.
    """

    def attribute(match):
        name, value = match.groups()
        if name in ("loading", "aria-label"):
            return ""
        return f' {name}="{joined(value, base)}"' if name in ("href", "src") else match[0]

    return TAG.sub(lambda tag: ATTRIBUTE.sub(attribute, tag[0]), html)


def first_picture(html, base):
    """Return the absolute address of the first picture in blog.markdown's HTML, empty where there is none."""
    match = PICTURE.search(html)
    return unescape(joined(match[1], base)) if match else ""


def joined(address, base):
    """Return an address as it stands in an attribute, absolute; one that is none leads to the page itself."""
    try:
        return escape(urljoin(base, unescape(address)))
    except ValueError:  # such as http://[
        return escape(base)
