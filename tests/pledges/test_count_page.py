"""`/count/`, its JSON and its history: what they tell, and how little of any one person."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pledges import counting, history, review, samples, telling, withdrawal
from pledges.models import Cleanup, LedgerEntry, Milestone, Pledge, Tally
from tests.pledges import published
from tests.pledges.people import a_pledge, a_supporter

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 2, 12, tzinfo=UTC)
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"


def confirmed_on(moment, **countries):
    """So many people of each country, confirmed and counted at that moment."""
    with time_machine.travel(moment, tick=False):
        for country, people in countries.items():
            for _ in range(people):
                number = Pledge.objects.count()
                a_supporter(f"{number}@example.org", country=country)


def a_cleanup(reason="Robots of one domain."):
    now = timezone.now()
    return Cleanup.objects.create(domain="example.org", reason=reason, created_at=now, last_pk=0)


def test_every_state_is_told_in_json(client, settings):
    settings.PLEDGE_GOAL = 1000
    now = timezone.now()
    a_supporter("standing@example.org")
    a_pledge("pending@example.org")
    a_pledge("suspicious@example.org", quarantined_at=now)
    a_supporter("quarantined@example.org", quarantined_at=now)
    a_supporter("invalidated@example.org", invalidated_at=now)
    withdrawal.withdraw(a_supporter("withdrawn@example.org"), now=now)
    withdrawal.erase(a_supporter("erased@example.org"), now=now)
    counting.fold_all()
    with time_machine.travel(MONDAY, tick=False):
        numbers = client.get("/count.json").json()
    told = {name: numbers[name] for name in numbers if isinstance(numbers[name], int)}
    assert told == {
        "confirmed": 1, "pending": 2, "quarantined": 1, "invalidated": 1, "withdrawn": 1,
        "erased": 1, "signed": 7, "goal": 1000, "next_stop": 10, "confirmations": 3,
    }  # fmt: skip
    assert numbers["as_of"] == "2026-11-02T12:00:00Z"
    assert "One person is one mailbox" in numbers["person"]
    assert numbers["licence"] == CC0
    assert client.get("/count.txt").text == "1\n"


def test_the_page_tells_the_parts_of_a_whole_in_words(client):
    a_supporter("ana@example.org")
    a_pledge("ben@example.org")
    page = client.get("/count/").text
    assert published.numbers_of(page, "Everybody who signed") == ([1, 1, 0, 0, 0, 0], 2)
    assert "After 21 days we delete them" in page
    assert f'<link rel="license" href="{CC0}">' in page


def test_an_unconfirmed_pledge_is_counted_at_once_and_tallied_when_it_has_settled(client):
    now = timezone.now()
    a_pledge("old@example.org", now=now - timedelta(minutes=11))
    a_pledge("new@example.org", now=now)
    assert client.get("/count.json").json()["pending"] == 2
    assert counting.tally_unconfirmed(now=now) == 1
    assert Tally.objects.value("state", "pending") == 1
    assert counting.tally_unconfirmed(now=now) == 0
    assert client.get("/count.json").json()["pending"] == 2


def test_who_confirms_soon_is_counted_once_and_never_tallied_as_unconfirmed():
    a_supporter()
    assert not Tally.objects.filter(scope="state").exists()


@pytest.mark.parametrize("is_tallied", [True, False])
def test_rows_that_are_deleted_leave_the_count_of_the_unconfirmed(client, is_tallied):
    now = timezone.now()
    for number in range(3):
        a_pledge(f"{number}@example.org", now=now - timedelta(days=30))
    if is_tallied:
        counting.tally_unconfirmed(now=now)
    withdrawal.not_me(Pledge.objects.get(email="0@example.org"), now=now)
    assert client.get("/count.json").json()["pending"] == 2
    call_command("purge")
    assert client.get("/count.json").json()["pending"] == 0
    call_command("recount", check=True)


def test_the_ledger_says_who_left_and_why_one_line_a_day(client, admin_user):
    now = timezone.now()
    facts = {"actor": admin_user, "now": now}
    people = [a_supporter(f"{number}@example.org") for number in range(9)]
    withdrawal.withdraw(people[0], now=now)
    counting.fold_all()
    withdrawal.erase(people[1], now=now)
    Pledge.objects.filter(pk=people[2].pk).update(quarantined_at=now)
    counting.fold_all()
    review.release(Pledge.objects.all(), **facts)
    review.invalidate(Pledge.objects.filter(pk__in=[people[3].pk, people[4].pk]), **facts)
    review.restore(Pledge.objects.filter(pk=people[4].pk), **facts)
    lines = client.get("/count.json").json()["ledger"]
    assert [(line["kind"], line["people"]) for line in lines] == [
        ("restored", 1), ("invalidated", -2), ("released", 1), ("quarantined", -1),
        ("withdrawn", -2),
    ]  # fmt: skip
    assert {line["date"] for line in lines} == {now.date().isoformat()}
    assert all(line["reason"] for line in lines)


def test_a_clean_up_and_its_undoing_are_a_line_each_with_their_reason(client):
    now = timezone.now()
    for number in range(4):
        a_supporter(f"{number}@example.org")
    for reason, most in [("Robots of one domain.", 3), ("Robots of one network.", 4)]:
        standing = Pledge.objects.standing().filter(number__lte=most)
        standing.update(invalidated_at=now, cleanup=a_cleanup(reason))
        counting.fold_all()
    Pledge.objects.filter(number__lte=3).update(invalidated_at=None)
    counting.fold_all()
    lines = client.get("/count.json").json()["ledger"]
    assert [(line["kind"], line["people"], line["reason"]) for line in lines] == [
        ("cleanup_undone", 3, "Robots of one domain."),
        ("cleaned_up", -1, "Robots of one network."),
        ("cleaned_up", -3, "Robots of one domain."),
    ]
    page = client.get("/count/").text
    assert "Clean-up undone" in page
    assert published.numbers_of(page, "The ledger") == ([4, 3, -1, -3], 3)


def test_one_taken_out_by_hand_after_an_undone_clean_up_is_no_clean_up(client, admin_user):
    pledge = a_supporter()
    Pledge.objects.filter(pk=pledge.pk).update(cleanup=a_cleanup())
    review.invalidate(Pledge.objects.all(), actor=admin_user, now=timezone.now())
    (line,) = client.get("/count.json").json()["ledger"]
    assert line["kind"] == "invalidated"


def test_lines_beyond_the_newest_are_one_sum(client):
    now = timezone.now()
    LedgerEntry.objects.bulk_create(
        LedgerEntry(day=now - timedelta(days=ago), kind="withdrawn", amount=-2) for ago in range(40)
    )
    Tally.objects.create(scope="change", key="withdrawn", value=-80)
    lines = client.get("/count.json").json()["ledger"]
    assert len(lines) == 11
    assert lines[-1] == {
        "date": None, "kind": "earlier", "people": -60,
        "reason": "Everything before; line by line in the history.",
    }  # fmt: skip
    parts, _total = published.numbers_of(client.get("/count/").text, "The ledger")
    assert parts == [0, *[-2] * 30, -20]


def test_the_history_tells_a_day_that_is_over_by_country(client):
    confirmed_on(MONDAY, CA=7, US=6, FR=3, DE=2)
    confirmed_on(MONDAY + timedelta(days=1), CA=9)
    with time_machine.travel(MONDAY + timedelta(days=1, hours=2)):
        lines = published.history(client)
    assert [tuple(line.values()) for line in lines] == [
        ("2026-11-02", "confirmed", "CA", "7", ""),
        ("2026-11-02", "confirmed", "US", "6", ""),
        ("2026-11-02", "confirmed", "", "5", ""),
        ("2026-11-03", "confirmed", "", "9", ""),
    ]


def test_the_history_holds_every_line_of_the_ledger_with_its_reason(client):
    confirmed_on(MONDAY, CA=3)
    reason = "=HYPERLINK(1)"
    with time_machine.travel(MONDAY, tick=False):
        withdrawal.withdraw(Pledge.objects.get(number=1), now=MONDAY)
        Pledge.objects.filter(number=2).update(invalidated_at=MONDAY, cleanup=a_cleanup(reason))
        counting.fold_all()
        lines = published.history(client)
    assert {line["kind"]: line["people"] for line in lines} == {
        "confirmed": "3", "withdrawn": "-1", "cleaned_up": "-1"
    }  # fmt: skip
    assert f"'{reason}" in {line["reason"] for line in lines}
    assert published.people(lines) == 1


def test_the_history_is_open_data(client):
    a_supporter()
    response = client.get("/count/history.csv")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Link"] == f'<{CC0}>; rel="license"'
    again = client.get("/count/history.csv", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    assert client.post("/count/history.csv").status_code == 405


@pytest.mark.parametrize(
    ("by_country", "told"),
    [
        ({}, []),
        ({"CA": 4}, [("", 4)]),
        ({"CA": 5}, [("CA", 5)]),
        ({"CA": 5, "FR": 4}, [("", 9)]),
        ({"CA": 9, "US": 6, "FR": 4}, [("CA", 9), ("", 10)]),
        ({"CA": 9, "US": 6, "FR": 4, "DE": 1}, [("CA", 9), ("US", 6), ("", 5)]),
    ],
)
def test_no_country_of_a_day_is_told_from_a_small_group_not_even_by_subtraction(by_country, told):
    assert telling.newly_confirmed(by_country) == told


def test_countries_are_told_in_fives_so_that_no_day_can_be_subtracted(client):
    confirmed_on(MONDAY, CA=10, US=20)
    confirmed_on(MONDAY + timedelta(days=1), CA=2, US=20, FR=3)
    page = client.get("/count/").text
    assert published.numbers_of(page, "Supporters by country") == ([40, 10, 5], 55)
    assert "France" not in page
    assert (
        "France" not in client.get("/").text.partition('id="where-title"')[2].partition("</ol>")[0]
    )


def test_the_history_of_the_samples_goes_back_for_weeks_and_adds_up(client):
    samples.create_samples(timezone.now())
    lines = published.history(client)
    assert published.people(lines) == Tally.objects.total() == 288
    assert len({line["date"] for line in lines}) > 50
    samples.copy_synthetic(2_000, timezone.now())
    assert published.people(published.history(client)) == 2_288
    call_command("audit")


@pytest.mark.parametrize(
    ("days", "unit", "columns"),
    [(2, "day", 2), (40, "day", 40), (41, "week", 7), (400, "month", 15), (3_500, "quarter", 39),
     (3_700, "year", 11)],
)  # fmt: skip
def test_the_chart_has_forty_columns_at_most_however_long_the_campaign(days, unit, columns):
    today = MONDAY.date()
    first = today - timedelta(days=days - 1)
    Tally.objects.create(scope="day", key=first.isoformat(), value=9)
    Tally.objects.create(scope="day", key=today.isoformat(), value=3)
    growth = history.growth(today=today)
    assert (f"a {unit}" in growth.unit, len(growth.periods)) == (True, columns)
    assert (growth.periods[-1].until, growth.periods[-1].total) == (today, 12)
    assert sum(period.change for period in growth.periods) == 12


def test_nobody_counted_yet_is_no_chart(client):
    assert history.growth(today=MONDAY.date()) is None
    assert "How it grew" not in client.get("/count/").text


def test_the_chart_stands_beside_its_table(client):
    confirmed_on(MONDAY, CA=12)
    with time_machine.travel(MONDAY + timedelta(days=1)):
        page = client.get("/count/").text
    assert page.count("url(#column-dot)") == 2
    assert "One column is a day. One dot is 1 person." in page
    assert "style=" not in page
    assert '2 Nov 2026</time></th><td class="num">+12</td><td class="num">12</td>' in page


@pytest.mark.parametrize("many", [2, 20])
def test_the_page_costs_the_same_for_few_and_many(client, django_assert_num_queries, many):
    for number in range(many):
        day = MONDAY + timedelta(days=number)
        confirmed_on(day, CA=1, FR=1)
        with time_machine.travel(day, tick=False):
            withdrawal.withdraw(Pledge.objects.standing().first(), now=day)
            counting.fold_all()
        Milestone.objects.create(stop=10 * number + 1_000, total=1, reached_at=day)
    for path, queries in [("/count/", 5), ("/count.json", 2), ("/count/history.csv", 1)]:
        with django_assert_num_queries(queries):
            client.get(path)


@pytest.mark.parametrize("path", ["/count/", "/count.json", "/count/history.csv"])
def test_no_page_counts_rows_but_through_the_index_of_the_newest(client, path):
    a_supporter()
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    lines = []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        for captured in queries:
            cursor.execute("EXPLAIN " + captured["sql"].replace("%", "%%"), [])
            lines += [line for (line,) in cursor.fetchall()]
    on_pledges = [line for line in lines if "pledges_pledge" in line]
    assert all("pledge_untallied" in line for line in on_pledges)
    assert not [line for line in lines if "Seq Scan" in line and "cleanup" not in line]
