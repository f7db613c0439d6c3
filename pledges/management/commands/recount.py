from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges import counting, recounting


class Command(BaseCommand):
    help = "Rebuilds the stored counts from the rows, or with --check only compares them."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="compare; exit 1 on drift")

    def handle(self, *, check, **options):
        folded = 0
        if check:
            found = recounting.drift()
        else:
            folded = counting.fold_all()
            found = recounting.recount(now=timezone.now())
        missing = counting.gaps()
        for one in found:
            self.stdout.write(str(one))
        self.stdout.write(
            _("folded %(folded)s, drifted tallies %(drift)s, missing numbers %(missing)s")
            % {"folded": folded, "drift": len(found), "missing": missing}
        )
        if missing:
            raise CommandError(_("Supporter numbers are missing. Only a restored backup has them."))
        if check and found:
            raise CommandError(_("The stored counts differ from the rows; recount corrects them."))
