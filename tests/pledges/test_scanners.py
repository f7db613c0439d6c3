"""Mail scanners open every link before the person does. None of that may act for the person."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common import outbox
from pledges import housekeeping
from pledges.models import Pledge, Tally, Voice
from tests.pledges.people import a_pledge, a_supporter

pytestmark = pytest.mark.django_db


def rows():
    """All there is to change, to be compared before and after."""
    return [list(model.objects.order_by("pk").values()) for model in (Pledge, Voice, Tally)]


def test_a_scanner_that_opens_every_link_twice_changes_nothing(client, mailoutbox, settings):
    now = timezone.now()
    a_pledge("waiting@example.org", now=now - timedelta(days=4), reason="Why not.")
    member = a_supporter("in@example.org", wants_news=True)
    housekeeping.remind(now=now)
    for kind in ("pledge-signed", "pledge-link"):
        for address in ("waiting@example.org", "in@example.org"):
            outbox.put(kind, address, now=now)
    outbox.deliver_due(now=timezone.now())
    member.refresh_from_db()
    own_page = settings.SITE_URL + member.get_absolute_url()
    links = {
        line
        for mail in mailoutbox
        for line in [
            *mail.body.splitlines(),
            *mail.extra_headers.get("List-Unsubscribe", "").split(),
        ]
        if line.strip("<>").startswith("http")
    } | {f"{own_page}{page}" for page in ("", "download/", "withdraw/", "erase/")}
    assert len(links) > 8
    before = rows()
    for _ in range(2):
        for link in links:
            path = link.strip("<>").removeprefix(settings.SITE_URL)
            assert client.get(path).status_code in (200, 404)
            assert client.head(path).status_code in (200, 404)
            client.options(path)
    assert rows() == before
