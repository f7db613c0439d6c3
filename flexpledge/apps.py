from django.apps import AppConfig


class FlexpledgeConfig(AppConfig):
    name = "flexpledge"
    default_auto_field = "django.db.models.BigAutoField"
