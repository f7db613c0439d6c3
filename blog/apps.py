from django.apps import AppConfig

from common import duties


class BlogConfig(AppConfig):
    name = "blog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from blog import encoding, versions

        versions.register()
        duties.register(encoding.make_pictures, encoding.draw_cards)
