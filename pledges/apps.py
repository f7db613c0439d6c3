from django.apps import AppConfig


class PledgesConfig(AppConfig):
    name = "pledges"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from pledges import mails  # noqa: F401  registers the messages with the outbox
