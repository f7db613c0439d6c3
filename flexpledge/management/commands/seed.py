from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

import blog.samples
import coalition.samples
import pledges.samples
from blog.models import Post
from coalition.models import Member
from flexpledge import staff_login
from pledges.models import Pledge


class Command(BaseCommand):
    help = "Writes demonstration content, the same each time; running it twice changes nothing."

    def add_arguments(self, parser):
        parser.add_argument(
            "--pledges",
            type=int,
            default=0,
            metavar="N",
            dest="synthetic",
            help="write N synthetic pledges besides, in bulk",
        )
        parser.add_argument(
            "--if-empty", action="store_true", help="leave a database that has content as it is"
        )
        parser.add_argument(
            "--staff", action="store_true", help="make the staff login without DEBUG, too"
        )

    def handle(self, *, synthetic, if_empty, staff, **options):
        now = timezone.now()
        if not (if_empty and has_content()):
            write_samples(now, with_login=settings.DEBUG or staff)
        if synthetic:
            pledges.samples.copy_synthetic(synthetic, now)
        self.stdout.write(
            f"{Pledge.objects.count()} pledges, {Member.objects.count()} coalition members, "
            f"{Post.objects.count()} posts"
        )
        if login := staff_login.known():
            self.stdout.write("Staff login: name {}, password {}".format(*login))


def has_content():
    return any(model.objects.exists() for model in (Pledge, Member, Post))


@transaction.atomic
def write_samples(now, *, with_login):
    """All or nothing, so that a start that was interrupted is done in full the next time."""
    coalition.samples.create_samples(now)
    pledges.samples.create_samples(now)
    blog.samples.create_samples(now)
    if with_login:
        staff_login.make()
