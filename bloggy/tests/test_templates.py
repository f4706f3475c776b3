"""Every template under the storage of production, where a missing static file raises, also inside an error page."""

from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory

from accounts.forms import LoginForm
from blog.addresses import static_address
from blog.comment_forms import CommentForm
from blog.pages import page_of
from blog.tests.factories import CommentFactory, PostFactory

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))


@pytest.fixture
def production_storage(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    forget_templates()
    yield
    forget_templates()


def forget_templates():
    """Forget compiled templates, with the words and the addresses of static files that stand in them."""
    static_address.cache_clear()
    engines["jinja2"].env.by_place.clear()


@pytest.mark.django_db
def test_every_template_renders_under_the_storage_of_production(production_storage):
    post = PostFactory(tags=2)
    comment = CommentFactory(post=post)
    page = page_of(type(post).objects.published(), 10)
    context = {"post": post, "comment": comment, "page": page, "tag": post.tags.first(), "author": post.author}
    context |= {"slug": post.slug, "pk": comment.pk, "anchor": comment.anchor}
    context |= {"form": CommentForm(), "login_form": LoginForm(), "validlink": True, "sends_mail": True}
    context |= {"start": post.published_at, "number": 1, "months": [{"month": post.published_at, "number": 1}]}
    own = [name for name in NAMES if not name.startswith("admin/")]  # the others want what the admin gives them

    rendered = {name: render_to_string(name, context, RequestFactory().get("/")) for name in own}

    assert len(rendered) >= 30
    for name, html in rendered.items():
        assert ('href="/static/css/bloggy.' in html) == ("<!DOCTYPE" in html), name
        assert "style=" not in html, name
        assert "<script" not in html.replace('<script type="application/ld+json">', ""), name  # data, never run


@pytest.mark.django_db
def test_static_files_get_hashed_names_and_compression(production_storage, settings):
    url = staticfiles_storage.url("css/bloggy.css")

    assert url.startswith("/static/css/bloggy.")
    assert url != "/static/css/bloggy.css"
    assert (Path(settings.STATIC_ROOT) / (url.removeprefix("/static/") + ".gz")).exists()


def test_the_one_stylesheet_stays_under_22_kb():
    assert (TEMPLATES.parent / "static" / "css" / "bloggy.css").stat().st_size < 22_000


@pytest.mark.parametrize("name", NAMES)
def test_no_template_trusts_html_or_carries_style_or_script(name):
    source = (TEMPLATES / name).read_text()

    assert "|safe" not in source
    assert "autoescape" not in source
    assert "style=" not in source
    assert "<script" not in source
