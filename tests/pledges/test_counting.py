from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from pledges import confirmation, counting, review, withdrawal
from pledges.models import SHOWS_NAME, Pledge, Tally
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
    assert tallies("day") == {"2026-11-22": 1, "2026-11-23": 2}
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
    assert counting.drift() == []


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
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + counting._FOLD, {"batch": 10})
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "pledge_to_fold" in plan


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


def test_recount_check_is_silent_about_truth_and_loud_about_drift(capsys):
    a_supporter()
    call_command("recount", check=True)
    Tally.objects.filter(scope="total").update(value=7)
    Tally.objects.create(scope="country", key="FR", value=3)
    with pytest.raises(CommandError):
        call_command("recount", check=True)
    assert Tally.objects.total() == 7
    out = capsys.readouterr().out
    assert "total : stored 7, rows 1" in out
    assert "country FR: stored 3, rows 0" in out


def test_recount_rebuilds_the_counts_from_the_rows():
    a_supporter()
    Tally.objects.all().delete()
    call_command("recount")
    assert Tally.objects.total() == 1
    assert Tally.objects.by_country() == [("CA", 1)]
    call_command("recount", check=True)


def test_a_missing_number_is_noticed(capsys):
    a_supporter()
    Pledge.objects.update(number=3)
    with pytest.raises(CommandError):
        call_command("recount", check=True)
    assert "missing numbers 2" in capsys.readouterr().out


def tallied_by_hand(listed):
    """What the wall could be filtered by, and how many it then lists."""
    tallied = Counter()
    for pledge in listed:
        kinds = {"", *pledge.flexibility, *([SHOWS_NAME] if pledge.shows_name else [])}
        tallied.update(f"{country}:{kind}" for country in ("", pledge.country) for kind in kinds)
    return tallied


class RandomLives(TestCase):
    """Whatever happens to pledges, in whatever order: the parts add up and match the rows."""

    steps = st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "sign",
                    "confirm",
                    "withdraw",
                    "erase",
                    "move",
                    "invalidate",
                    "restore",
                    "fold",
                    "show name",
                    "hide name",
                    "show voice",
                    "hide voice",
                    "change kinds",
                ]
            ),
            st.integers(0, 5),
        ),
        max_size=30,
    )

    @settings(max_examples=25, deadline=None)
    @given(steps)
    def test_parts_add_up(self, steps):
        now = timezone.now()
        for step, who in steps:
            address = f"{who}@example.org"
            pledge = Pledge.objects.of(address).first()
            match step:
                case "sign" if pledge is None:
                    referrer = Pledge.objects.standing().first()
                    a_pledge(address, country="US" if who % 2 else "CA", referrer=referrer)
                case "confirm" if pledge:
                    confirmation.confirm(pledge, now=now)
                case "withdraw" if pledge:
                    withdrawal.withdraw(pledge, now=now)
                case "erase" if pledge:
                    withdrawal.erase(pledge, now=now)
                case "move" if pledge:
                    Pledge.objects.filter(pk=pledge.pk).update(country="FR")
                case "show name" | "hide name" if pledge:
                    Pledge.objects.filter(pk=pledge.pk).update(shows_name=step == "show name")
                case "show voice" | "hide voice" if pledge:
                    Pledge.objects.filter(pk=pledge.pk).update(has_shown_voice=step == "show voice")
                case "change kinds" if pledge:
                    kinds = [["remote"], ["remote", "schedule", "remote"], []][who % 3]
                    Pledge.objects.filter(pk=pledge.pk).update(flexibility=kinds)
                case "invalidate":
                    Pledge.objects.of(address).update(invalidated_at=now)
                case "restore":
                    Pledge.objects.of(address).update(invalidated_at=None)
                case "fold":
                    counting.fold()
        counting.fold_all()
        standing = Pledge.objects.standing().count()
        assert Tally.objects.total() == standing
        assert sum(tallies("country").values()) == standing
        assert sum(tallies("day").values()) == standing
        assert tallies("listed") == tallied_by_hand(Pledge.objects.listed())
        assert counting.drift() == []
        assert counting.gaps() == 0
