from django.apps import AppConfig


class PledgesConfig(AppConfig):
    name = "pledges"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from coalition import reach
        from pledges import mails  # noqa: F401  registers the messages with the outbox
        from pledges.models import Tally

        reach.counted_by(Tally.objects.through)
