from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class BloggyConfig(AppConfig):
    name = "bloggy"
    default = True

    def ready(self):
        from bloggy import checks  # noqa: F401 -- registers them


class AdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "bloggy.admin.Site"
