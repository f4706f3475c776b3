"""Rules for text that people type."""

import unicodedata

# Letters and symbols by their category, yet drawn as nothing: the Hangul fillers and the empty Braille cell.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def is_visible(text):
    """Tell whether a reader sees anything of a text: a letter, a digit, punctuation or a symbol.

    Spaces, control and format characters (zero-width ones, directions) and lone combining marks show nothing.
    """
    return any(unicodedata.category(character)[0] in "LNPS" for character in text if character not in BLANK)
