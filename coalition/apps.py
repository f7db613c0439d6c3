from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoalitionConfig(AppConfig):
    name = "coalition"
    verbose_name = _("Coalition")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from coalition import mails  # noqa: F401  registers its messages with the outbox
