from django.core.management.base import BaseCommand
from django.utils import timezone

from coalition.models import Member
from common import addresses, outbox
from pledges import counting, withdrawal
from pledges.models import Pledge


class Command(BaseCommand):
    help = "Erases what identifies the owner of an address; says where staff must decide."

    def add_arguments(self, parser):
        parser.add_argument("address")

    def handle(self, *, address, **options):
        key = addresses.canonical(address)
        pledges = list(Pledge.objects.filter(email_canonical=key))
        for pledge in pledges:
            withdrawal.erase(pledge, now=timezone.now())
        mails = outbox.forget(key)
        counting.fold_all()
        self.stdout.write(f"erased pledges: {len(pledges)}, other mails: {mails}")
        for member in Member.objects.with_contact(address).order_by("pk"):
            self.stdout.write(
                f"contact of coalition member {member.slug} ({member.status}): "
                "name another contact in the admin, or remove the member there"
            )
