"""The parts of a page that are a reader's own; the rest is the same for all."""

from dataclasses import dataclass

from django.contrib.messages import get_messages
from django.template.backends.utils import csrf_input_lazy
from jinja2 import Template, pass_context
from markupsafe import Markup

MARK = "\0"  # stands for a part; PostgreSQL refuses it in texts, Django escapes it in addresses
EVERYBODY = "everybody"
NOBODY = -1  # a misspelt or empty owner must not make a part everybody's
OF_READER = ("request", "user", "messages", "csrf_input")


@dataclass(frozen=True, slots=True)
class Part:
    """What is rendered for a reader: a template, and the values that it needs beside the reader's."""

    template: Template
    owner: int | str  # the id of the user whose alone it is, or EVERYBODY
    values: dict

    def render(self, of_reader):
        return self.template.render(of_reader | self.values) if is_for(self.owner, of_reader["user"]) else ""


@pass_context
def own(context, name, /, of=EVERYBODY, **values):
    """Show a template that is a reader's own part of a page, as in {{ own("_messages.html") }}.

    It sees the reader's request, user, messages and csrf_input, and values that are named. In a page that is made for
    all (blog/filled_pages.py) a MARK stands there, which is filled for each reader. The values must be the same for
    all, and small: they are kept with the page. With of=id it is that user's part alone.
    """
    parts = getattr(context.get("request"), "own_parts", None)
    owner = of or NOBODY
    if parts is None and not is_for(owner, context["user"]):
        return ""  # a page has this for each comment
    part = Part(context.environment.get_template(name), owner, values)
    if parts is None:
        return Markup(part.render({name: context.get(name) for name in OF_READER}))
    parts.append(part)
    return Markup(MARK)


def is_for(owner, user):
    """Tell whether a user may see the part of an owner."""
    return owner in (EVERYBODY, user.pk)


def fill(text, parts, request):
    """Return a page's text with each MARK replaced by its part, rendered for the reader of a request."""
    if not parts:
        return text
    of_reader = {
        "request": request,
        "user": request.user,
        "messages": get_messages(request),
        "csrf_input": csrf_input_lazy(request),
    }
    rendered = [part.render(of_reader) for part in parts]
    pieces = zip(text.split(MARK), [*rendered, ""], strict=True)
    return "".join(piece for pair in pieces for piece in pair)
