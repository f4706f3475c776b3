"""A Django application without middleware: what a page costs is compared with its "hello world" and its one SELECT."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpResponse
from django.urls import path

from bloggy import database

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={"default": database.parse(os.environ["DATABASE_URL"]) | {"CONN_MAX_AGE": 600}},
    MIDDLEWARE=[],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
)


def hello(request):
    return HttpResponse("Hello, world")


def select(request, pk):
    with connection.cursor() as cursor:
        cursor.execute("SELECT title FROM blog_post WHERE id = %s", [pk])
        return HttpResponse(cursor.fetchone()[0])


urlpatterns = [path("hello", hello), path("select/<int:pk>", select), path("readyz", hello)]
application = get_wsgi_application()
