"""What every template may use."""

from django.conf import settings
from django.utils.functional import cached_property

from pledges.models import Tally
from pledges.stops import next_stop


class Campaign:
    """The campaign in numbers; asks the database only where a template shows one."""

    goal = property(lambda self: settings.PLEDGE_GOAL)

    @cached_property
    def confirmed(self):
        return Tally.objects.total()

    @property
    def next_stop(self):
        return next_stop(self.confirmed, self.goal)


def site(request):
    return {"SITE_URL": settings.SITE_URL, "campaign": Campaign()}
