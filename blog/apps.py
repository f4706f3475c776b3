from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class BlogConfig(AppConfig):
    name = "blog"
    verbose_name = _("Blog")

    def ready(self):
        from blog import checks, roles  # noqa: F401 -- the checks register themselves

        post_migrate.connect(roles.bring_in_line, sender=self)
