"""The stops that were passed, as an Atom feed."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.formats import date_format
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.pagecache import cached_page
from common.responses import open_data
from pledges.models import Milestone

FRESH_S = 300  # seconds that caches may keep the feed


class MilestoneFeed(Atom1Feed):
    def latest_post_date(self):
        """When the newest stop was passed. An empty feed last changed when the campaign began."""
        return super().latest_post_date() if self.items else datetime(2013, 10, 1, tzinfo=UTC)


@cached_page()
@open_data(FRESH_S)
@require_safe
def milestones(request):
    feed = MilestoneFeed(
        title=_("1 Million for Work Flexibility: milestones"),
        link=settings.SITE_URL + reverse("pledges:count"),
        description=_("The stops on the way to a million supporters, each told once."),
        language=get_language(),
        feed_url=settings.SITE_URL + reverse("pledges:milestones_feed"),
        author_name=_("1 Million for Work Flexibility"),
    )
    for milestone in Milestone.objects.all():
        _add(feed, milestone)
    response = HttpResponse(content_type=feed.content_type)
    feed.write(response, "utf-8")
    response.headers["Last-Modified"] = http_date(feed.latest_post_date().timestamp())
    return response


def _add(feed, milestone):
    stop = intcomma(milestone.stop)
    feed.add_item(
        title=_("We passed %(stop)s supporters") % {"stop": stop},
        link=f"{settings.SITE_URL}{reverse('pledges:count')}#stop-{milestone.stop}",
        unique_id=f"tag:{urlsplit(settings.SITE_URL).hostname},2013:milestone/{milestone.stop}",
        unique_id_is_permalink=False,
        description=_("On %(date)s the count stood at %(total)s.")
        % {"date": date_format(milestone.reached_at), "total": intcomma(milestone.total)},
        pubdate=milestone.reached_at,
        updateddate=milestone.reached_at,
    )
