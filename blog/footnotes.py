"""How a post's footnotes are written: a section with a heading, and links there and back that say where they lead.

The words stand in the post's HTML, in the site's language at the time of rendering.
"""

from html import escape

from django.conf import settings
from django.utils.translation import gettext, override

WORDS = "footnote words"  # where a rendering keeps them


def words(env):
    """Return a rendering's words, escaped: of the heading, of a reference and of a link back; looked up once."""
    if WORDS not in env:
        with override(settings.LANGUAGE_CODE):
            said = gettext("Footnotes"), gettext("Footnote %(number)s"), gettext("Back to reference %(number)s")
        env[WORDS] = [escape(each) for each in said]
    return env[WORDS]


def place(token):
    """Return the number of a note, the id that one of its references has, and what that reference is called."""
    number, again = token.meta["id"] + 1, token.meta.get("subId", 0)
    return (number, f"fnref{number}:{again}", f"{number}-{again + 1}") if again else (number, f"fnref{number}", number)


def reference(_renderer, tokens, index, _options, env):
    number, own_id, _name = place(tokens[index])
    name = words(env)[1] % {"number": number}
    link = f'<a href="#fn{number}" id="{own_id}" aria-label="{name}">[{number}]</a>'
    return f'<sup class="footnote-ref">{link}</sup>'


def link_back(_renderer, tokens, index, _options, env):
    """Render the arrow behind a note; \\ufe0e keeps it from becoming a picture."""
    _number, reference_id, called = place(tokens[index])
    name = words(env)[2] % {"number": called}
    which = f"<sup>{tokens[index].meta['subId'] + 1}</sup>" if tokens[index].meta["subId"] else ""
    return f' <a href="#{reference_id}" class="footnote-backref" aria-label="{name}">↩\ufe0e{which}</a>'


def block_open(_renderer, _tokens, _index, _options, env):
    return f'<section class="footnotes">\n<h2>{words(env)[0]}</h2>\n<ol class="footnotes-list">\n'


def block_close(*_):
    return "</ol></section>\n"


RULES = {
    "footnote_ref": reference,
    "footnote_anchor": link_back,
    "footnote_block_open": block_open,
    "footnote_block_close": block_close,
}
