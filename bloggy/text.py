"""Rules for text that people type."""

import re
import unicodedata

# Letters and symbols by their category, yet drawn as nothing: the Hangul fillers and the empty Braille cell.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# All that XML 1.0 can't hold, not even escaped (its production 2).
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def is_visible(text):
    """Tell whether a reader sees anything of a text: a letter, a digit, punctuation or a symbol.

    Spaces, control and format characters (zero-width ones, directions) and lone combining marks show nothing.
    """
    return any(unicodedata.category(character)[0] in "LNPS" for character in text if character not in BLANK)


def for_xml(text):
    """Return a text without the characters that XML can't hold."""
    return NOT_XML.sub("", text)
