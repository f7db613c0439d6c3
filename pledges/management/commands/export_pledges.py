import sys

from django.core.management.base import BaseCommand
from django.utils import timezone

from common import trail
from common.models import Action
from pledges import exports
from pledges.models import Pledge

WRITERS = {"csv": exports.write_csv, "jsonl": exports.write_jsonl}


class Command(BaseCommand):
    help = "Writes every pledge to standard output, as a stream. Personal data: store it safely."

    def add_arguments(self, parser):
        parser.add_argument("--format", choices=WRITERS, default="csv")
        parser.add_argument(
            "--purpose", default="", help="what it is for: the audit trail keeps it"
        )

    def handle(self, *, format, purpose, **options):
        trail.record(None, Action.EXPORTED, Pledge, now=timezone.now(), why=purpose, format=format)
        written = WRITERS[format](sys.stdout)
        self.stderr.write(f"{written} pledges")
