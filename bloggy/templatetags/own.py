"""The parts of a page that are a reader's own; the rest is the same for all."""

from dataclasses import dataclass

from django import template
from django.template.base import NodeList, Template, token_kwargs

register = template.Library()
MARK = "\0"  # stands for a part; PostgreSQL refuses it in texts, Django escapes it in addresses
NOBODY = -1  # a misspelt or empty owner must not make a part everybody's


@register.tag
def own(parser, token):
    """Mark what stands between {% own %} and {% endown %} as a reader's own part of a page.

    It sees the reader's user, request, csrf_token and messages, and values that are named, as in {% own slug=slug %}.
    In a page that is made for all (blog/filled_pages.py) a MARK stands there, which is filled for each reader. The
    values must be the same for all, and small: they are kept with the page. {% own of=id %} is that user's part alone.
    """
    values = token_kwargs(token.split_contents()[1:], parser)
    nodelist = parser.parse(("endown",))
    parser.delete_first_token()
    return Own(nodelist, values)


class Own(template.Node):
    def __init__(self, nodelist, values):
        self.nodelist, self.values, self.owner = nodelist, values, values.pop("of", None)

    def render(self, context):
        owner = self.owner and (self.owner.resolve(context) or NOBODY)
        parts = getattr(getattr(context, "request", None), "own_parts", None)
        if parts is None and not is_for(owner, context):
            return ""  # before the values are asked for: a page has this for each comment
        values = {name: value.resolve(context) for name, value in self.values.items()}
        part = Part(self.nodelist, context.template, owner, values)
        if parts is None:
            return part.render(context)
        parts.append(part)
        return MARK


@dataclass(frozen=True, slots=True)
class Part:
    """What is rendered for a reader: nodes of a page's template, and the values that they need beside the reader's."""

    nodelist: NodeList
    template: Template
    owner: int | None  # the id of the user whose alone it is
    values: dict

    def render(self, context):
        if not is_for(self.owner, context):
            return ""
        with context.push(**self.values):
            return self.nodelist.render(context)


def is_for(owner, context):
    """Tell whether the user of a context may see the part of an owner, None for everybody's."""
    return owner is None or owner == context["user"].pk


def fill(text, parts, context):
    """Return a page's text with each MARK replaced by its part, rendered in a reader's RequestContext."""
    if not parts:
        return text
    template = parts[0].template
    with context.bind_template(template), context.render_context.push_state(template):  # as Template.render() does
        rendered = [part.render(context) for part in parts]
    pieces = zip(text.split(MARK), [*rendered, ""], strict=True)
    return "".join(piece for pair in pieces for piece in pair)
