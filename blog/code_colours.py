"""Colours for code in posts, by Pygments' classes, in the languages that stay quick on any text.

Pygments' regular expressions can take minutes on a text made for it. These languages coloured 29
kinds of such text (some characters repeated) in less than a second at their limit, on one core;
every other language stays in one colour.
"""

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import find_lexer_class_by_name
from pygments.util import ClassNotFound

QUICK = (
    "asm awk bash batch c clojure cmake cpp crystal css dart diff django docker elixir erb erlang fortran fsharp go "
    "graphql haskell html julia json kotlin markdown matlab mysql nasm nginx objective-c php postgresql prolog "
    "properties protobuf pycon pytb python r ruby rust sass scala scheme scss solidity sql swift tex toml vim zig"
)
SLOW = (
    "apacheconf common-lisp groovy html+django http ini java javascript jsx lua make nix ocaml pascal perl powershell "
    "restructuredtext shell-session terraform tsx typescript xml yaml"
)
LIMITS = dict.fromkeys(QUICK.split(), 20_000) | dict.fromkeys(SLOW.split(), 3_000)  # characters of a block
BUDGET = 2  # of a text's blocks, each as a share of its limit
FORMATTER = HtmlFormatter(nowrap=True)


def lexer_class(language):
    """Return Pygments' class for a language by any of its names, or None."""
    try:
        return find_lexer_class_by_name(language) if language else None
    except ClassNotFound:
        return None


def limit(language):
    """Return how many characters of a language are coloured; 0 for one that isn't at all."""
    found = lexer_class(language)
    return next((LIMITS[alias] for alias in found.aliases if alias in LIMITS), 0) if found else 0


def coloured(code, language, _attributes):
    """Return code as HTML with Pygments' classes, or an empty string to leave it as it is."""
    return highlight(code, lexer_class(language)(), FORMATTER) if 0 < len(code) <= limit(language) else ""


def bound_code(state):
    """Take the language from blocks of code beyond what is quick to colour in one text; a rule of the parser."""
    spent = 0
    for token in state.tokens:
        language = token.info.split(maxsplit=1)[0] if token.type == "fence" and token.info.strip() else ""
        if most := limit(language):
            spent += len(token.content) / most
            if spent > BUDGET:
                token.info = ""
