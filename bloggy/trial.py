"""What a worker imports, sooner or later: gunicorn's master lets a child load it before it reloads."""

from django.core.management import call_command
from django.template import engines
from django.template.loader import get_template

from bloggy import worker  # noqa: F401
from bloggy.wsgi import application  # noqa: F401

call_command("check")
for engine in engines.all():
    getattr(engine, "engine", engine).template_context_processors  # noqa: B018 -- imports them
get_template("503.html")
