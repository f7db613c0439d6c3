from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pledges import audit


class Command(BaseCommand):
    help = "Checks what must always be true; exit 1 where something is not."

    def handle(self, **options):
        findings = audit.findings(now=timezone.now())
        for finding in findings:
            self.stdout.write(finding)
        if findings:
            raise CommandError(f"{len(findings)} findings")
        self.stdout.write("All invariants hold.")
