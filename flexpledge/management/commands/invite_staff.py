from django.core.management.base import BaseCommand, CommandError
from django.core.validators import ValidationError, validate_email
from django.utils import timezone

from flexpledge.staff import invitations, rights


class Command(BaseCommand):
    help = "Makes a staff account and mails a link to set it up; again: a new link, no new account."

    def add_arguments(self, parser):
        parser.add_argument("address", metavar="ADDRESS")
        parser.add_argument(
            "--group",
            action="append",
            choices=rights.GROUPS,
            required=True,
            dest="groups",
            help="may be given more than once",
        )

    def handle(self, *, address, groups, **options):
        try:
            validate_email(address)
        except ValidationError as error:
            raise CommandError(f"Not an email address: {address}") from error
        invitation = invitations.invite(address, groups, actor=None, now=timezone.now())
        self.stdout.write(invitation.told())
