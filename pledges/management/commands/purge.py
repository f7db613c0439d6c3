from django.core.management.base import BaseCommand
from django.utils import timezone

from pledges import housekeeping


class Command(BaseCommand):
    help = "Deletes unconfirmed and expired data."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="only say how much")

    def handle(self, *, dry_run, **options):
        for what, rows in housekeeping.purge(now=timezone.now(), dry_run=dry_run).items():
            self.stdout.write(f"{what}: {rows}")
