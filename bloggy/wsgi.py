"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from bloggy.postgresql.base import serve

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bloggy.settings")
application = get_wsgi_application()
serve()
