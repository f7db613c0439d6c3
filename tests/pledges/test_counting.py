from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from pledges import counting, recounting, review, samples
from pledges.models import Pledge, Tally
from tests.million import plans
from tests.pledges.people import a_pledge, a_supporter

pytestmark = pytest.mark.django_db


def tallies(scope):
    return dict(Tally.objects.filter(scope=scope, value__gt=0).values_list("key", "value"))


def test_numbers_follow_the_order_of_confirmation_without_gaps():
    now = timezone.now()
    late = a_pledge("late@example.org", confirmed_at=now)
    early = a_pledge("early@example.org", confirmed_at=now - timedelta(minutes=1))
    counting.fold()
    late.refresh_from_db()
    early.refresh_from_db()
    assert (early.number, late.number) == (1, 2)


def test_countries_days_and_referrals_are_tallied():
    sam = a_supporter(
        "sam@example.org", country="GB", now=datetime(2026, 11, 22, 23, 59, tzinfo=UTC)
    )
    a_supporter(
        "ana@example.org", country="CA", referrer=sam, now=datetime(2026, 11, 23, tzinfo=UTC)
    )
    a_supporter(
        "ben@example.org", country="CA", referrer=sam, now=datetime(2026, 11, 23, tzinfo=UTC)
    )
    assert Tally.objects.total() == 3
    assert Tally.objects.by_country() == [("CA", 2), ("GB", 1)]
    assert tallies("referral") == {str(sam.pk): 2}


def test_the_listed_are_tallied_by_country_and_kind_each_kind_once():
    a_supporter("ana@example.org", shows_name=True, flexibility=["remote", "schedule", "remote"])
    a_supporter("ben@example.org", country="FR", has_shown_voice=True, flexibility=["remote"])
    a_supporter("dee@example.org", flexibility=["remote"])
    assert tallies("listed") == {
        ":": 2, ":remote": 2, ":schedule": 1, ":name": 1,
        "CA:": 1, "CA:remote": 1, "CA:schedule": 1, "CA:name": 1,
        "FR:": 1, "FR:remote": 1,
    }  # fmt: skip
    Pledge.objects.filter(country="CA").update(shows_name=False)
    counting.fold()
    assert tallies("listed") == {":": 1, ":remote": 1, "FR:": 1, "FR:remote": 1}
    assert recounting.drift() == []


def test_one_fold_takes_many_and_the_next_nothing():
    now = timezone.now()
    for number in range(7):
        a_pledge(f"{number}@example.org", confirmed_at=now)
    assert counting.fold() == 7
    assert counting.fold() == 0


def test_folding_in_small_batches_comes_to_the_same(monkeypatch):
    monkeypatch.setattr(counting, "BATCH", 2)
    now = timezone.now()
    for number in range(5):
        a_pledge(f"{number}@example.org", confirmed_at=now)
    assert counting.fold_all() == 5
    assert sorted(Pledge.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert Tally.objects.total() == 5


def test_the_fold_finds_its_rows_by_an_index():
    with connection.cursor() as cursor:
        # What an empty table would be cheapest read by says nothing of a full one.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(
            "EXPLAIN " + counting._FOLD.sql, {"batch": 10, "today": timezone.now().date()}
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "pledge_to_fold" in plan
    assert "Sort Key: pledges_pledge" not in plan


def test_invalidating_takes_out_of_the_count_and_restoring_puts_back_under_the_same_number(
    admin_user,
):
    now = timezone.now()
    pledge = a_supporter()
    review.invalidate(Pledge.objects.all(), actor=admin_user, now=now)
    assert Tally.objects.total() == 0
    review.restore(Pledge.objects.all(), actor=admin_user, now=now)
    pledge.refresh_from_db()
    assert (Tally.objects.total(), pledge.number) == (1, 1)


def test_a_pledge_released_from_quarantine_counts(admin_user):
    a_supporter(quarantined_at=timezone.now())
    assert Tally.objects.total() == 0
    assert review.release(Pledge.objects.all(), actor=admin_user, now=timezone.now()) == 1
    assert Tally.objects.total() == 1


def test_to_count_one_confirmation_takes_no_look_at_everybody_else():
    samples.copy_synthetic(30_000, timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE pledges_pledge")
    statements = plans.asked(a_supporter)

    assert [one for one in statements if plans.tables_read_whole(one)] == []
