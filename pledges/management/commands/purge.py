from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common import clock
from pledges import housekeeping


class Command(BaseCommand):
    help = "Deletes unconfirmed and expired data."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="only say how much")

    def handle(self, *, dry_run, **options):
        now = timezone.now()
        if not clock.is_trusted(now):
            raise CommandError("Clocks of this host and of PostgreSQL differ: nothing is deleted.")
        for what, rows in housekeeping.purge(now=now, dry_run=dry_run).items():
            self.stdout.write(f"{what}: {rows}")
