"""The environment, read once and checked: a bad value stops the start with the variable's name."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


class Environment:
    """Typed access to environment variables.

    Every method takes a variable's name and the default for when it is unset, and raises
    ImproperlyConfigured, naming the variable and the accepted values (never the value of
    a secret), when it holds something else.
    """

    def __init__(self, variables=os.environ):
        self.variables = variables

    def text(self, name, default=""):
        """Return the value without outer spaces; `<name>_FILE` names a file to read it from instead."""
        path = self.variables.get(f"{name}_FILE", "")
        if not path:
            value = self.variables.get(name, "")
            if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
                raise ImproperlyConfigured(f"{name} must be UTF-8 text.")
            return value.strip() or default
        if self.variables.get(name):
            raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: keep one of them.")
        try:
            if not Path(path).is_file():  # a pipe would keep us waiting
                raise ImproperlyConfigured(f"{name}_FILE must name a file that is there.")
            return Path(path).read_text(encoding="utf-8").strip() or default
        except (OSError, ValueError) as error:  # the path is not shown: it may be the secret itself
            reason = getattr(error, "strerror", None) or "not UTF-8 text"
            raise ImproperlyConfigured(f"{name}_FILE names a file that cannot be read ({reason}).") from None

    def flag(self, name, default=False):
        """Return a bool: true/false, yes/no, on/off or 1/0 in any case."""
        value = self.text(name, str(default)).lower()
        if value not in TRUE | FALSE:
            raise ImproperlyConfigured(f"{name} must be true or false.")
        return value in TRUE

    def number(self, name, default, low, high):
        """Return an int from low to high, both included."""
        value = self.text(name, str(default))
        if not (value.isascii() and value.isdigit() and len(value) < 10 and low <= int(value) <= high):
            raise ImproperlyConfigured(f"{name} must be a whole number from {low} to {high}.")
        return int(value)

    def choice(self, name, default, choices):
        """Return one of the choices."""
        value = self.text(name, default)
        if value not in choices:
            raise ImproperlyConfigured(f"{name} must be one of: {', '.join(choices)}.")
        return value

    def items(self, name, default=""):
        """Return the comma-separated values as a list without empty ones."""
        return [item.strip() for item in self.text(name, default).split(",") if item.strip()]
