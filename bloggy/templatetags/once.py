"""The parts of a page that are the same on every page."""

from django import template
from django.template.loader_tags import BlockNode
from django.utils.translation import get_language

register = template.Library()


@register.tag
def once(parser, token):
    """Render what stands between {% once %} and {% endonce %} once for the process, not for each page.

    It sees only the variables that are named, such as {% once site_name %}, and is rendered anew when they or the
    language differ from the last time. So nothing of a request or a reader can stay in it.
    """
    names = token.split_contents()[1:]
    nodelist = parser.parse(("endonce",))
    parser.delete_first_token()
    if nodelist.get_nodes_by_type(BlockNode):
        raise template.TemplateSyntaxError("A {% block %} can't stand in {% once %}: no page could replace it.")
    return Once(nodelist, names)


class Once(template.Node):
    kept = None, ""  # what it was rendered for, and the text: one value, for all threads
    child_nodelists = ()  # {% extends %} looks through these for blocks, on each page: once() takes none

    def __init__(self, nodelist, names):
        self.nodelist, self.names = nodelist, names

    def render(self, context):
        values = {name: context.get(name) for name in self.names}
        wanted = get_language(), values
        known, text = self.kept
        if known != wanted:
            text = self.nodelist.render(context.new({**values}))  # a tag such as {% now "Y" as year %} adds to these
            self.kept = wanted, text
        return text
