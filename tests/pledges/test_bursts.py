"""Many at once from one place wait for a look; a school class does not."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from common import addresses
from pledges import bursts, confirmation, counting, recounting, review
from pledges.models import Pledge, Tally
from tests.pledges.people import a_supporter, answers

pytestmark = pytest.mark.django_db
THERE = "203.0.113.0/24"


@pytest.fixture
def now():
    return timezone.now()


def signed(number, *, now, network="", domain="example.org", start=0, confirmed=True):
    """So many people within ten minutes."""
    pledges = Pledge.objects.bulk_create(
        Pledge(
            email=f"person{i}@{domain}",
            email_canonical=addresses.canonical(f"person{i}@{domain}"),
            country="CA",
            network=network,
            created_at=now - timedelta(seconds=i % 500),
            confirmed_at=now if confirmed else None,
        )
        for i in range(start, start + number)
    )
    counting.fold_all()
    return pledges


def held():
    return Pledge.objects.filter(quarantined_at__isnull=False)


def test_a_flood_from_one_network_waits_for_a_look_and_drops_out_of_the_count(now):
    signed(151, now=now, network=THERE)
    elsewhere = a_supporter("ana@example.net", network="198.51.100.0/24")
    assert Tally.objects.total() == 152
    call_command("worker", once=True)
    assert held().filter(suspicion="network", network=THERE).count() == 151
    assert Tally.objects.total() == 1
    elsewhere.refresh_from_db()
    assert elsewhere.quarantined_at is None
    assert recounting.drift() == []


def test_a_school_class_behind_one_address_counts_at_once(client, now):
    for pupil in range(60):
        signing = client.post(
            "/pledge/", answers(email=f"pupil{pupil}@school.internal"), REMOTE_ADDR="203.0.113.9"
        )
        assert signing.status_code == 303
    for pledge in Pledge.objects.all():
        confirmation.confirm(pledge, now=timezone.now())
    call_command("worker", once=True)
    assert Tally.objects.total() == 60


def test_a_flood_with_one_mail_domain_waits_wherever_it_comes_from(now):
    signed(301, now=now, domain="bulk.internal")
    assert bursts.hold(now=now) == 301
    assert held().filter(suspicion="domain").count() == 301


@pytest.mark.parametrize("domain", ["gmail.com", "web.de", "example.org", "load.test"])
def test_many_people_with_one_mail_provider_are_no_flood(now, domain):
    signed(400, now=now, domain=domain)
    assert bursts.hold(now=now) == 0


def test_in_a_storm_of_people_the_network_of_a_telephone_company_is_no_flood(now, monkeypatch):
    signed(200, now=now, network=THERE)
    signed(3900, now=now, start=200)
    assert bursts.hold(now=now) == 0
    signed(10, now=now, network=THERE, start=5000)
    assert bursts.hold(now=now) == 210


def test_as_many_in_an_hour_are_no_flood(now):
    for minutes in (0, 20, 40):
        moment = now - timedelta(minutes=minutes)
        signed(120, now=moment, network=THERE, start=1000 * minutes)
    assert bursts.hold(now=now) == 0


def test_whom_staff_released_is_not_held_back_again_but_the_next_ones_are(now, admin_user):
    signed(151, now=now, network=THERE)
    bursts.hold(now=now)
    review.release(Pledge.objects.all(), actor=admin_user, now=now)
    assert bursts.hold(now=now) == 0
    signed(1, now=now, network=THERE, start=500)
    assert bursts.hold(now=now) == 1


def test_who_withdrew_or_counts_no_more_is_left_as_it_is(now):
    pledges = signed(160, now=now, network=THERE)
    Pledge.objects.filter(pk__in=[one.pk for one in pledges[:5]]).update(withdrawn_at=now)
    Pledge.objects.filter(pk__in=[one.pk for one in pledges[5:8]]).update(invalidated_at=now)
    assert bursts.hold(now=now) == 152


def test_empty_limits_hold_nobody_back(now, settings):
    settings.BURST_PER_NETWORK = settings.BURST_PER_DOMAIN = ""
    signed(400, now=now, network=THERE, domain="bulk.internal")
    assert bursts.hold(now=now) == 0


def test_the_latest_are_found_by_an_index(now):
    signed(3000, now=now - timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE pledges_pledge")
        parameters = {
            "now": now, "window_s": 600, "allowed": 1, "never": [""], "one_in": 20, "most": 9,
            "suspicion": "network", "reserved": bursts.RESERVED,
        }  # fmt: skip
        cursor.execute("EXPLAIN " + bursts._BY_NETWORK, parameters)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "pledge_signed" in plan
