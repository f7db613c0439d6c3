import sys

from django.core.management.base import BaseCommand

from pledges import exports

WRITERS = {"csv": exports.write_csv, "jsonl": exports.write_jsonl}


class Command(BaseCommand):
    help = "Writes every pledge to standard output, as a stream. Personal data: store it safely."

    def add_arguments(self, parser):
        parser.add_argument("--format", choices=WRITERS, default="csv")

    def handle(self, *, format, **options):
        written = WRITERS[format](sys.stdout)
        self.stderr.write(f"{written} pledges")
