"""What the templates of pages can use. They are Jinja2's: it takes less than half the time of Django's own.

The templates of the admin and of mails stay Django's: see TEMPLATES in the settings. Other than there, what the context
processors give (user, messages, site_name …) comes before what a view gives by the same name.
"""

from functools import lru_cache
from html import escape
from keyword import iskeyword
from urllib.parse import quote, unquote

import jinja2
from django.template.defaultfilters import date
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from jinja2 import nodes
from jinja2.compiler import CodeGenerator
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from blog import dates, numbers
from blog.addresses import address, static_address
from blog.sharing import mail_link
from blog.structured import head_of
from bloggy.own import own


class PageLoader(jinja2.FileSystemLoader):
    """Finds the templates of pages, and leaves the admin's and those of mails to Django."""

    def get_source(self, environment, template):
        if template.startswith("admin/") or not template.endswith(".html"):
            raise jinja2.TemplateNotFound(template)
        return super().get_source(environment, template)


class PageTemplate(jinja2.Template):
    """A template that escapes as Django does, so that a text reads the same in pages, feeds and the admin.

    It is faster by a third, too: Jinja2's own way makes a Markup of each value, and mixes the globals anew each time.
    """

    @classmethod
    def from_code(cls, environment, code, globals, uptodate=None):
        names = {"environment": environment, "__file__": code.co_filename}
        exec(code, names)
        names["escape"] = escaped
        template = cls._from_namespace(environment, names, dict(globals))
        template._uptodate = uptodate
        return template


class Words(NodeTransformer):
    """Puts the interface's own words into a template's code, in the current language: a page shows dozens."""

    def visit_Call(self, node):
        match self.generic_visit(node):
            case nodes.Call(node=nodes.Name(name="_"), args=[nodes.Const(value=text)], kwargs=[]):
                return nodes.MarkSafe(nodes.Const(translation.gettext(text)))  # what is marked in them was so by us
        return node


OWN = nodes.Name("own", "load")  # alone wants the context


class PageCode(CodeGenerator):
    """Calls a function as Python does. Jinja2's own way asks each time what the function wants to know besides."""

    def visit_Call(self, node, frame, forward_caller=False):
        if forward_caller or node.dyn_args or node.dyn_kwargs or any(iskeyword(arg.key) for arg in node.kwargs):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(context, " if node.node == OWN else "(")
        for name, value in [("", arg) for arg in node.args] + [(f"{arg.key}=", arg.value) for arg in node.kwargs]:
            self.write(name)
            self.visit(value, frame)
            self.write(", ")
        self.write(")")


class Pages(jinja2.Environment):
    """The templates of pages, of each language and time zone its own: they are written for one, and shown in it."""

    template_class, code_generator_class = PageTemplate, PageCode
    place = None  # language and zone, of those that are written for one

    def __init__(self, **options):
        super().__init__(**options)
        self.by_place = {}

    def here(self):
        """Return the templates for the current language and time zone; a blog has one of each."""
        if self.place:
            return self
        place = translation.get_language(), timezone.get_current_timezone()
        if not (pages := self.by_place.get(place)):
            pages = self.overlay()
            pages.place = place
            pages.filters = self.filters | {name: lru_cache(10_000)(shown) for name, shown in SHOWN.items()}
            pages.globals = self.globals | {
                "is_right_to_left": translation.get_language_bidi(),
                "language": place[0],
                "name_of_search": translation.pgettext("page", "Search"),
            }
            self.by_place[place] = pages
        return pages

    def get_template(self, name, parent=None, globals=None):
        return super(Pages, self.here()).get_template(name, parent, globals)

    def from_string(self, source, globals=None, template_class=None):
        return super(Pages, self.here()).from_string(source, globals, template_class)

    def _parse(self, source, name, filename):
        return Words().visit(super()._parse(source, name, filename))


# What is shown of dates and numbers, kept: a list shows dozens, and the same ones each time.
SHOWN = {
    "day": dates.day,
    "min_read": numbers.min_read,
    "minute": dates.minute,
    "number_of_comments": numbers.number_of_comments,
    "number_of_posts": numbers.number_of_posts,
    "posts_found": numbers.posts_found,
}


def environment(loader, **options):
    """Return the environment of pages' templates, for Django's Jinja2 backend. What is missing is empty, as there."""
    options |= {"undefined": jinja2.ChainableUndefined}
    pages = Pages(loader=PageLoader(loader.searchpath), **options)
    pages.globals = {"head_of": head_of, "mail_link": mail_link, "own": own, "url": address}
    # Of what is constant, as in {{ "css/bloggy.css"|static }}, Jinja2 asks a filter once, when it compiles a template.
    pages.filters |= {
        "date": lambda moment, format=None: date(timezone.localtime(moment), format) if moment else "",
        "format": with_values,
        "iso": lambda moment: dates.iso(timezone.localtime(moment)),
        "static": static_address,
        "unquote": unquote,
        "url": address,
        "urlencode": lambda text, safe="/": quote(str(text), safe),
    }
    return pages


def escaped(value):
    """Write a value as HTML; its text may be marked as such, where it is not so itself (a message of the admin's)."""
    kind = type(value)
    if kind is str:
        return escape(value)
    if kind is SafeString or kind is Markup:
        return value
    if not hasattr(value, "__html__"):
        value = str(value)
    return value.__html__() if hasattr(value, "__html__") else escape(value)


def with_values(text, **values):
    """Put values into words: {{ _("Posts by %(author)s")|format(author=name) }}."""
    return Markup(str(escaped(text)) % {name: escaped(value) for name, value in values.items()})
