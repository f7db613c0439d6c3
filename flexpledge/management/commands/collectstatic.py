from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.management.commands import collectstatic
from django.template.loader import render_to_string

# By the status they stand for. nginx shows them by itself when it refuses, or finds nobody behind.
PAGES = (400, 404, 405, 413, 429, 503)


class Command(collectstatic.Command):
    """Gathers the static files, and beside them the error pages, which name them by their hashes."""

    def handle(self, **options):
        done = super().handle(**options)
        if not options["dry_run"]:
            folder = Path(settings.STATIC_ROOT) / "errors"
            folder.mkdir(exist_ok=True)
            for status in PAGES:
                page = render_to_string(f"{status}.html")
                (folder / f"{status}.html").write_text(page, encoding="utf-8")
        return done
