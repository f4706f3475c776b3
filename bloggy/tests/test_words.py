"""Every page, those added tomorrow too: its words can be translated, and what people wrote stands apart from them.

The interface speaks a language in which every text that gettext is asked for stands in ⟦brackets⟧, and people write
Hebrew: a Latin letter without brackets is a word that nobody can translate.
"""

import re
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.translation.trans_real import CONTEXT_SEPARATOR, DjangoTranslation

from blog.tests.factories import CommentFactory, PostFactory, TagFactory, UserFactory
from bloggy.tests.test_hostile_parameters import ADDRESSES, ARGUMENTS, PK
from bloggy.tests.test_templates import NAMES, TEMPLATES, forget_templates

HEBREW = re.compile("[א-ת]")
BRACKETS = re.compile("⟦[^⟦⟧]*⟧")
LETTERS = re.compile(r"[A-Za-z][\w'’-]*")
SAME = re.compile(r"https?://\S+|\bUTC\b|\bRSS\b|\bJSON\b|\bBloggy\b|a@x\.example")  # in every language
# What stands in brackets, but in a template's source.
TRANSLATED = re.compile(r"\{#.*?#\}|\{% translate .*?%\}|\{% blocktranslate.*?endblocktranslate %\}", re.DOTALL)
DYNAMIC = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
VOID = set("area base br col embed hr img input link meta source track wbr".split())
SHOWN = ("title", "alt", "placeholder", "aria-label", "aria-description")
UNSEEN = {"script", "style", "code"}
DJANGOS_OWN = "accounts/user/(.+)/password"  # half of a help text there is English in every language


class Page(HTMLParser):
    """The texts of a page, each with the elements around it: (text, [(tag, attributes, number)])."""

    def __init__(self, html):
        super().__init__()
        self.open, self.texts, self.count, self.boxes = [], [], 0, []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        attributes, self.count = dict(attributes), self.count + 1
        self.texts += [(attributes[name], []) for name in SHOWN if attributes.get(name) and tag != "link"]
        if attributes.get("type") == "submit" or attributes.get("name") == "description":
            self.texts.append((attributes.get("value") or attributes.get("content") or "", []))
        if tag == "textarea" or (tag == "input" and attributes.get("type", "text") in ("text", "search", "email")):
            self.boxes.append(attributes)
        if tag not in VOID:
            self.open.append((tag, attributes, self.count))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, text):
        if not UNSEEN & {tag for tag, *_rest in self.open}:
            self.texts.append((text, list(self.open)))

    def untranslated(self):
        """Return the words that stand in no brackets."""
        text = SAME.sub("", "\n".join(text for text, _around in self.texts))
        while text != (text := BRACKETS.sub("", text)):
            pass
        return LETTERS.findall(text)

    def mixed(self):
        """Return the texts of people that don't find their own direction, or that share one with words of ours."""
        found, apart = [], {}
        for text, around in self.texts:
            if "body" not in (tag for tag, *_rest in around):
                continue  # a head's and an attribute's words are shown by the browser, as it likes
            own = [number for tag, attributes, number in around if tag == "bdi" or attributes.get("dir") == "auto"]
            apart.setdefault(own[-1] if own else None, []).append(text)
        for number, texts in apart.items():
            wrote = [text for text in texts if HEBREW.search(text)]
            if wrote and (number is None or any("⟦" in text for text in texts)):
                found += wrote
        return found


@pytest.fixture
def bracketed(monkeypatch):
    forget_templates()
    monkeypatch.setattr(DjangoTranslation, "gettext", lambda self, text: f"⟦{text.rpartition(CONTEXT_SEPARATOR)[2]}⟧")
    monkeypatch.setattr(DjangoTranslation, "ngettext", lambda self, one, many, number: f"⟦{many}⟧")
    yield
    forget_templates()


@pytest.fixture
def visitors(db, settings):
    settings.SITE_NAME = "אתר"
    Group.objects.all().delete()
    Permission.objects.all().delete()  # what these are called is kept as data, in English
    user = UserFactory(pk=PK, superuser=True, email="a@x.example", first_name="שרה", last_name="לוי", bio="כותבת.")
    user.set_unusable_password()
    user.save()
    post = PostFactory(pk=PK, slug="9-9", author=user, title="שלום", body="שלום עולם.\n\n## עוד", summary="תקציר")
    post.tags.add(TagFactory(pk=PK, slug="9-9", name="לחם"))
    for number, state in enumerate(("visible", "held", "removed")):
        CommentFactory(pk=PK + number, post=post, author=user, body="יפה.", state=state)
    PostFactory(author=user, title="עוד", body="שלום.", slug="8-8").tags.add(*post.tags.all())
    visitors = {"anybody": Client(raise_request_exception=False), "superuser": Client(raise_request_exception=False)}
    visitors["superuser"].force_login(user)
    return visitors


def pages(visitors, path, names):
    """Yield (what, page) for the HTML that an address answers with to a look and to an empty form."""
    path = path % {name: (ARGUMENTS | {"slug": "9-9"}).get(name, str(PK)) for name in names}
    for who, visitor in visitors.items():
        for what, send in (("GET", {"q": "שלום"}), ("POST", {})):
            response = getattr(visitor, what.lower())(path, send)
            if response.get("Content-Type", "").startswith("text/html"):
                yield f"{what} {path} by {who}", Page(response.content.decode())


@pytest.mark.parametrize(("pattern", "path", "names"), ADDRESSES, ids=[pattern for pattern, *_rest in ADDRESSES])
def test_every_word_can_be_translated_and_what_people_wrote_stands_apart(bracketed, visitors, pattern, path, names):
    of_admin = pattern.startswith("admin/")
    djangos_own = {"Search", "True"} if of_admin else set()  # texts for pictures

    for what, page in pages(visitors, path, names):
        assert set(page.untranslated()) <= djangos_own or DJANGOS_OWN in pattern, what
        assert of_admin or not page.mixed(), what
        boxes = [box for box in page.boxes if not (of_admin or "hidden" in box)]
        assert all(box.get("dir") == "auto" for box in boxes), what


@pytest.mark.parametrize("name", NAMES)
def test_no_template_has_a_word_that_cannot_be_translated(name):
    source = TRANSLATED.sub("", (TEMPLATES / name).read_text())

    assert Page(DYNAMIC.sub("", source)).untranslated() == []


def test_a_mail_can_be_translated_too(bracketed, visitors):
    visitors["anybody"].post(reverse("password_reset"), {"email": "a@x.example"})

    (sent,) = mail.outbox
    words = Page(re.sub(r"http\S+", "", f"{sent.subject}\n{sent.body}"))
    assert words.untranslated() == []
    assert "⟦" in sent.subject
