import json

from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder

from pledges import exports


class Command(BaseCommand):
    help = "Writes all that is held on the owner of an address, as JSON with each field explained."

    def add_arguments(self, parser):
        parser.add_argument("address")

    def handle(self, *, address, **options):
        held = exports.person(address)
        self.stdout.write(json.dumps(held, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
