"""The quarantine: staff look through what was suspicious, group by group."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from common.models import AuditEntry
from pledges import recounting, review
from pledges.models import Pledge, Tally
from tests.pledges.people import a_pledge, a_supporter
from tests.pledges.test_cleanup_pages import a_cleaner as a_colleague

pytestmark = pytest.mark.django_db
QUEUE = "/admin/pledges/quarantinedpledge/"
THERE = "203.0.113.0/24"


def suspects(number, *, confirmed=True, **facts):
    now = timezone.now()
    make = a_supporter if confirmed else a_pledge
    facts = {"network": THERE, "suspicion": "network", "quarantined_at": now, **facts}
    domain = facts.pop("domain", "example.org")
    start = Pledge.objects.count()
    return [
        make(f"p{i}@{domain}", name=f"Suspect {i}", **facts) for i in range(start, start + number)
    ]


def queue(client, **query):
    response = client.get(QUEUE, query)
    assert response.status_code == 200
    return response


def numbers(client, by):
    """What each group is about, and how many wait in it."""
    rows = queue(client, by=by).context["rows"]
    return {(row["group"].suspicion, row["group"].key): row["number"] for row in rows}


def decide(client, press, *, by="network", suspicion="network", key=THERE, **more):
    form = {"press": press, "by": by, "suspicion": suspicion, "key": key, **more}
    return client.post(f"{QUEUE}decide/", form, follow=True)


def test_who_waits_is_grouped_by_reason_and_network_domain_or_hour(admin_client):
    noon = datetime.fromisoformat("2026-11-20T12:30:00+00:00")
    suspects(3, now=noon + timedelta(minutes=5))
    suspects(2, suspicion="trap", domain="bulk.example", now=noon + timedelta(minutes=5))
    suspects(1, network="", now=noon + timedelta(hours=1, minutes=5))
    a_supporter("fine@example.org", network=THERE)
    assert numbers(admin_client, "network") == {
        ("network", THERE): 3, ("trap", THERE): 2, ("network", ""): 1,
    }  # fmt: skip
    assert numbers(admin_client, "domain") == {
        ("network", "example.org"): 4, ("trap", "bulk.example"): 2,
    }  # fmt: skip
    assert numbers(admin_client, "hour") == {
        ("network", "2026-11-20T12:00:00+00:00"): 3,
        ("trap", "2026-11-20T12:00:00+00:00"): 2,
        ("network", "2026-11-20T13:00:00+00:00"): 1,
    }


def test_only_who_confirmed_needs_a_look(admin_client):
    suspects(2, confirmed=False)
    assert "Nobody waits" in queue(admin_client).content.decode()


def test_a_group_is_released_at_once_with_those_who_confirm_later(admin_client):
    suspects(3)
    later = suspects(1, confirmed=False)[0]
    suspects(2, network="198.51.100.0/24")
    page = decide(admin_client, "release").content.decode()
    assert "Released: 4 pledges." in page
    assert Tally.objects.total() == 3
    later.refresh_from_db()
    assert later.quarantined_at is None
    assert numbers(admin_client, "network") == {("network", "198.51.100.0/24"): 2}
    assert AuditEntry.objects.filter(action="released", actor_name="admin").count() == 4


def test_a_group_is_invalidated_at_once_and_can_be_restored(admin_client, admin_user):
    pledges = suspects(3)
    assert "Invalidated: 3 pledges." in decide(admin_client, "invalidate").content.decode()
    assert "Nobody waits" in queue(admin_client).content.decode()
    one = Pledge.objects.filter(pk=pledges[0].pk)
    review.restore(one, actor=admin_user, now=timezone.now())
    assert Tally.objects.total() == 0
    assert numbers(admin_client, "network") == {("network", THERE): 1}


@pytest.mark.parametrize(
    ("by", "key"), [("domain", "example.org"), ("hour", "2026-11-20T12:00:00+00:00")]
)
def test_a_group_is_decided_on_by_whatever_it_was_grouped(admin_client, by, key):
    noon = datetime.fromisoformat("2026-11-20T12:30:00+00:00")
    suspects(2, now=noon + timedelta(minutes=5))
    suspects(1, now=noon + timedelta(hours=3), domain="other.example")
    decide(admin_client, "release", by=by, key=key)
    assert Tally.objects.total() == 2


def test_of_a_group_single_ones_are_looked_at_and_decided_on(admin_client):
    pledges = suspects(3)
    page = queue(admin_client, by="network", suspicion="network", key=THERE).content.decode()
    assert "Suspect 2" in page
    ticked = [one.pk for one in pledges[:2]]
    page = decide(admin_client, "release", ticked="", pledge=ticked).content.decode()
    assert "Released: 2 pledges." in page
    assert "Suspect 2" in page
    assert Tally.objects.total() == 2
    decide(admin_client, "release", ticked="")
    assert Tally.objects.total() == 2


def test_a_group_too_large_for_one_request_is_decided_on_in_several(admin_client, monkeypatch):
    monkeypatch.setattr(review, "BATCH", 2)
    monkeypatch.setattr(review, "MOST", 4)
    suspects(5)
    page = decide(admin_client, "release").content.decode()
    assert "Released: 4 pledges." in page
    assert "More of this group wait" in page
    decide(admin_client, "release")
    assert Tally.objects.total() == 5
    assert recounting.drift() == []


def test_who_may_see_addresses_sees_them_others_see_where_they_are(admin_client):
    suspects(1)
    query = {"by": "network", "suspicion": "network", "key": THERE}
    assert "p0@example.org" in queue(admin_client, **query).content.decode()
    page = queue(a_colleague("mia", "review_quarantine"), **query).content.decode()
    assert "p0@example.org" not in page
    assert "p…@example.org" in page
    assert "Clean up all" not in page


def test_a_clean_up_starts_from_a_group(admin_client):
    suspects(1)
    page = queue(admin_client, by="network", suspicion="network", key=THERE).content.decode()
    link = f"/admin/pledges/cleanup/add/?network={THERE}"
    assert link in page
    assert f'value="{THERE}"' in admin_client.get(link).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "by=colour", "by=hour&key=soon&suspicion=x", "by=hour&key=2026-11-20T12:00:00&suspicion=x",
        "by=colour&key=x", "by=network&suspicion=&key=%00", "by=hour&key=9999-12-31T23:00:00%2B00:00",
        "by=network&key=x&p=x", "by=domain&key=" + "x" * 3000,
    ],
)  # fmt: skip
def test_no_address_breaks_it(admin_client, query):
    assert admin_client.get(f"{QUEUE}?{query}").status_code in (200, 400, 404)
    name_values = dict(pair.split("=", 1) for pair in query.split("&"))
    posted = admin_client.post(f"{QUEUE}decide/", {"press": "release", **name_values})
    assert posted.status_code in (302, 400, 404)


def test_one_pledge_is_shown_where_all_are(admin_client):
    pledge = suspects(1)[0]
    response = admin_client.get(f"{QUEUE}{pledge.pk}/change/")
    assert response["Location"] == f"/admin/pledges/pledge/{pledge.pk}/change/"


@pytest.mark.parametrize("many", [2, 20])
def test_the_pages_cost_the_same_for_few_and_many(
    admin_client, django_assert_max_num_queries, many
):
    for number in range(many):
        suspects(1, network=f"203.0.{number}.0/24")
        suspects(1)
    for by in ("network", "domain", "hour"):
        with django_assert_max_num_queries(15):
            queue(admin_client, by=by)
    with django_assert_max_num_queries(15):
        page = queue(admin_client, by="network", suspicion="network", key=THERE)
    assert len(page.context["page"].object_list) >= many
