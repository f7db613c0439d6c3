from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FlexpledgeConfig(AppConfig):
    name = "flexpledge"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from common import duties
        from flexpledge.staff import rights, second_factor, sessions

        post_migrate.connect(rights.bring_in_line, dispatch_uid="rights of staff")
        second_factor.connect()
        duties.register(sessions.forget_expired)
