"""The languages that the interface can have: those that Django knows, and their regional forms."""

import re

from django.conf.global_settings import LANGUAGES
from django.core.exceptions import ImproperlyConfigured

KNOWN = {code for code, _name in LANGUAGES}
REGION = re.compile(r"-[a-z]{2}")


def checked(code, name="SITE_LANGUAGE"):
    """Return a language code as Django writes it (pt_BR becomes pt-br).

    A regional form that Django doesn't know itself, such as de-at, reads as its language does.
    Raises ImproperlyConfigured, naming the variable, for anything else.
    """
    code = code.lower().replace("_", "-")
    if code in KNOWN or (code[:-3] in KNOWN and REGION.fullmatch(code[-3:])):
        return code
    raise ImproperlyConfigured(
        f"{name} must be the code of a language that Django knows, such as en, de, pt-br, zh-hans or ar; "
        "docs/configuration.md says more."
    )
