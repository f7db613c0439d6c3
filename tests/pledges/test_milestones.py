"""A stop on the way to the goal is told once, ever, in the feed, on the front page and to staff."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from common import outbox
from common.models import OutboxMessage
from pledges import counting, recounting, samples, withdrawal
from pledges.models import Milestone, Pledge, Tally
from tests.at_once import THREADS, at_once
from tests.pledges.people import a_pledge, a_supporter, answers

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
FEED = "/count/milestones/feed/"


def stops():
    return sorted(Milestone.objects.values_list("stop", flat=True))


def confirmed(amount, prefix="p"):
    """That many people who pressed the button and wait to be counted."""
    now = timezone.now()
    return [a_pledge(f"{prefix}{n}@example.org", confirmed_at=now) for n in range(amount)]


def staff(**facts):
    facts = {"username": "ana", "email": "ana@staff.example", "is_staff": True, **facts}
    return get_user_model().objects.create_user(**facts)


def notices():
    return OutboxMessage.objects.filter(kind="pledge-milestone")


def test_the_tenth_supporter_passes_the_first_stop_and_the_ninth_does_not():
    confirmed(9)
    counting.fold_all()
    assert stops() == []
    tenth = datetime(2026, 11, 3, 12, tzinfo=UTC)
    with time_machine.travel(tenth, tick=False):
        a_supporter()
    (milestone,) = Milestone.objects.all()
    assert (milestone.stop, milestone.total, milestone.reached_at) == (10, 10, tenth)


def test_a_stop_is_told_once_even_if_the_total_dips_and_passes_it_again():
    staff()
    people = confirmed(10)
    counting.fold_all()
    first = Milestone.objects.get()
    for round_ in range(3):
        withdrawal.withdraw(people[round_], now=timezone.now())
        counting.fold_all()
        assert Tally.objects.total() == 9
        a_supporter(f"again{round_}@example.org")
        assert Tally.objects.total() == 10
    assert Milestone.objects.get() == first
    assert notices().count() == 1


def test_a_withdrawal_that_lands_on_a_stop_passes_nothing():
    people = confirmed(26)
    counting.fold_all()
    Milestone.objects.filter(stop=25).delete()
    withdrawal.withdraw(people[0], now=timezone.now())
    counting.fold_all()
    assert Tally.objects.total() == 25
    assert stops() == [10]


def test_a_leap_records_every_stop_and_sends_one_notice_for_the_highest():
    staff()
    confirmed(60)
    counting.fold_all()
    assert stops() == [10, 25, 50]
    assert notices().get().payload == {"stop": 50}


def test_samples_pass_their_stops_day_by_day_and_synthetic_pledges_at_once():
    staff()
    now = timezone.now()
    samples.create_samples(now)
    assert stops() == [10, 25, 50, 100, 250]
    assert Milestone.objects.get(stop=10).reached_at < now - timedelta(days=50)
    samples.copy_synthetic(2_000, now)
    assert stops()[-1] == 1_000
    told = [row.payload["stop"] for row in notices().order_by("pk")]
    assert told == [10, 25, 50, 100, 250, 1_000]


def test_a_recount_records_stops_that_were_missed_and_repeats_none():
    staff()
    confirmed(30)
    counting.fold_all()
    Milestone.objects.filter(stop=25).delete()
    OutboxMessage.objects.all().delete()
    call_command("recount")
    call_command("recount")
    assert stops() == [10, 25]
    assert notices().count() == 1


@pytest.mark.django_db(transaction=True)
def test_twelve_who_confirm_at_once_across_a_stop_pass_it_once():
    staff()
    confirmed(6, "before")
    counting.fold_all()
    newcomers = [a_pledge(f"new{n}@example.org") for n in range(THREADS)]

    def confirm_and_recount(position):
        Client().post(f"/pledge/confirm/{newcomers[position].token('confirm')}/")
        recounting.recount(now=timezone.now())

    at_once(confirm_and_recount)
    counting.fold_all()
    assert Tally.objects.total() == 6 + THREADS
    assert stops() == [10]
    assert notices().count() == 1
    assert recounting.drift() == []


def test_a_fold_that_passes_no_stop_asks_nothing_more(django_assert_num_queries):
    confirmed(12)
    counting.fold_all()
    confirmed(1, "late")
    with django_assert_num_queries(4):  # savepoint, lock, fold, release
        assert counting.fold() == 1


def test_staff_with_an_address_are_told_and_nobody_else(mail_to_smtp, settings):
    settings.SITE_URL = "https://million.example"
    staff()
    staff(username="ben", email="")
    staff(username="chris", email="chris@staff.example", is_active=False)
    staff(username="dee", email="dee@example.org", is_staff=False)
    with time_machine.travel(datetime(2026, 11, 3, 12, 5, tzinfo=UTC), tick=False):
        confirmed(10)
        counting.fold_all()
        outbox.deliver_due(now=timezone.now())
    (mail,) = mail_to_smtp.mails
    assert mail.recipients == ["ana@staff.example"]
    assert mail.subject == "We passed 10 supporters"
    assert "On 3 Nov 2026 at 12:05 UTC the count stood at 10." in " ".join(mail.text.split())
    assert "https://million.example/count/" in mail.links
    assert mail.message["Auto-Submitted"] == "auto-generated"


def test_the_front_page_tells_of_the_highest_stop(client):
    assert "We passed" not in client.get("/").content.decode()
    confirmed(26)
    counting.fold_all()
    Milestone.objects.update(reached_at=datetime(2026, 11, 3, tzinfo=UTC))
    assert "We passed <b>25</b> on 3 Nov 2026." in client.get("/").content.decode()


def test_the_page_on_the_count_lists_every_stop(client):
    assert "Stops we passed" not in client.get("/count/").content.decode()
    Milestone.objects.create(stop=2_500, total=2_501, reached_at=datetime(2026, 11, 3, tzinfo=UTC))
    page = client.get("/count/").content.decode()
    assert '<tr id="stop-2500"><th scope="row">2,500</th>' in page
    assert "3 Nov 2026" in page


def read(client):
    return ElementTree.fromstring(client.get(FEED).content)  # noqa: S314  our own


def test_the_feed_has_what_atoms_rules_ask_for(client, settings):
    settings.SITE_URL = "https://million.example"
    Milestone.objects.create(stop=10, total=11, reached_at=datetime(2026, 10, 1, tzinfo=UTC))
    Milestone.objects.create(stop=2_500, total=2_503, reached_at=datetime(2026, 11, 3, tzinfo=UTC))
    response = client.get(FEED)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)  # noqa: S314  our own
    assert feed.tag == f"{ATOM}feed"
    assert feed.findtext(f"{ATOM}updated") == "2026-11-03T00:00:00+00:00"
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {
        "self": f"https://million.example{FEED}",
        "alternate": "https://million.example/count/",
    }
    newest, oldest = feed.findall(f"{ATOM}entry")
    assert newest.findtext(f"{ATOM}title") == "We passed 2,500 supporters"
    assert newest.findtext(f"{ATOM}id") == "tag:million.example,2013:milestone/2500"
    assert newest.findtext(f"{ATOM}updated") == "2026-11-03T00:00:00+00:00"
    assert "the count stood at 2,503" in newest.findtext(f"{ATOM}summary")
    assert newest.find(f"{ATOM}link").get("href") == "https://million.example/count/#stop-2500"
    assert oldest.findtext(f"{ATOM}title") == "We passed 10 supporters"


@pytest.mark.parametrize("passed", [0, 1])
def test_an_unchanged_feed_is_not_sent_again_and_a_changed_one_is(client, passed):
    if passed:
        Milestone.objects.create(stop=10, total=10, reached_at=datetime(2026, 10, 1, tzinfo=UTC))
    first = client.get(FEED)
    asks = [
        {"If-None-Match": first["ETag"]},
        {"If-Modified-Since": first["Last-Modified"]},
    ]
    with time_machine.travel(datetime(2027, 1, 1, tzinfo=UTC)):
        assert [client.get(FEED, headers=ask).status_code for ask in asks] == [304, 304]
    Milestone.objects.create(stop=25, total=25, reached_at=datetime(2026, 10, 2, tzinfo=UTC))
    assert [client.get(FEED, headers=ask).status_code for ask in asks] == [200, 200]


def test_the_feed_costs_one_query_and_is_only_read(client, django_assert_num_queries):
    confirmed(60)
    counting.fold_all()
    with django_assert_num_queries(1):
        client.get(FEED)
    assert client.post(FEED).status_code == 405


def test_pages_lead_to_the_feed(client):
    for address in ("/", "/count/"):
        assert 'type="application/atom+xml" title="Milestones of' in client.get(address).text
        assert f'href="{FEED}"' in client.get(address).text


def test_signing_alone_passes_nothing(client):
    for n in range(10):
        client.post("/pledge/", answers(email=f"{n}@example.org"))
    counting.fold_all()
    assert Pledge.objects.count() == 10
    assert stops() == []
