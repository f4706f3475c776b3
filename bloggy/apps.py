from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin import apps as admin_apps
from django.utils.module_loading import import_string

from bloggy import errors


class BloggyConfig(AppConfig):
    name = "bloggy"
    default = True

    def ready(self):
        from bloggy import checks  # noqa: F401 -- registers them

        import_string(settings.MAIL_DELIVERY)  # or the first request that sends a mail would take longer for it
        if settings.SENTRY_DSN_SECRET:
            errors.report(settings.SENTRY_DSN_SECRET, settings.BLOGGY_ENV)


class AdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "bloggy.admin.Site"
