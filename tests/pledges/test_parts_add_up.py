"""Whatever happens to pledges, in whatever order: what is published adds up and matches the rows."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import time_machine
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from pledges import (
    audit,
    confirmation,
    counting,
    figures,
    housekeeping,
    recounting,
    withdrawal,
)
from pledges.models import SHOWS_NAME, Cleanup, LedgerEntry, Pledge, Tally
from tests.pledges import published
from tests.pledges.people import a_pledge

BEGAN = datetime(2026, 11, 3, 12, tzinfo=UTC)
STEPS = {
    "sign", "confirm", "withdraw", "erase", "not me", "move", "quarantine", "release", "invalidate",
    "restore", "clean up", "undo", "show name", "hide name", "show voice", "hide voice",
    "change kinds", "fold", "tally", "recount", "purge", "minutes", "a day", "weeks",
}  # fmt: skip
LASTS = {
    "minutes": timedelta(minutes=11),
    "a day": timedelta(days=1),
    "weeks": timedelta(days=22),
}


def state_by_hand(pledge):
    if pledge.erased_at:
        return "erased"
    if pledge.withdrawn_at:
        return "withdrawn"
    if not pledge.confirmed_at:
        return "pending"
    if pledge.invalidated_at:
        return "invalidated"
    return "quarantined" if pledge.quarantined_at else "standing"


def tallied_by_hand(listed):
    """What the wall could be filtered by, and how many it then lists."""
    tallied = Counter()
    for pledge in listed:
        kinds = {"", *pledge.flexibility, *([SHOWS_NAME] if pledge.shows_name else [])}
        tallied.update(f"{country}:{kind}" for country in ("", pledge.country) for kind in kinds)
    return tallied


def assert_figures_add_up():
    """At any moment, also while something waits to be counted; also where lines are summed up."""
    shown = figures.Figures(lines=3)
    assert shown.confirmations + sum(line.people for line in shown.ledger) == shown.confirmed
    assert all(people >= 0 for people in shown.states.values())


class RandomLives(TestCase):
    lives = st.lists(
        st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 5)), min_size=10, max_size=60
    )

    @settings(max_examples=40, deadline=None)
    @given(lives)
    def test_parts_add_up(self, steps):
        self.now = BEGAN
        self.run = Cleanup.objects.create(
            domain="example.org", reason="Robots of one domain.", created_at=BEGAN, last_pk=0
        )
        self.client = Client()
        for step, who in steps:
            with time_machine.travel(self.now, tick=False):
                self.live(step, f"{who}@example.org", who)
                assert_figures_add_up()
        with time_machine.travel(self.now, tick=False):
            self.assert_answers_add_up()
            counting.fold_all()
            self.assert_answers_add_up()
            self.assert_published_is_true()

    def live(self, step, address, who):
        now = self.now
        self.now += LASTS.get(step, timedelta(seconds=1))
        live = Pledge.objects.of(address)
        pledge = live.first()
        match step:
            case "sign" if pledge is None:
                referrer = Pledge.objects.standing().first()
                a_pledge(address, now=now, country="US" if who % 2 else "CA", referrer=referrer)
            case "confirm" if pledge:
                confirmation.confirm(pledge, now=now)
            case "withdraw" if pledge:
                withdrawal.withdraw(pledge, now=now)
            case "erase" if pledge:
                withdrawal.erase(pledge, now=now)
            case "not me" if pledge:
                withdrawal.not_me(pledge, now=now)
            case "move":
                live.update(country="FR")
            case "quarantine":
                live.update(quarantined_at=now)
            case "release":
                live.update(quarantined_at=None)
            case "invalidate":
                live.filter(invalidated_at=None).update(invalidated_at=now, cleanup=None)
            case "clean up":
                live.filter(invalidated_at=None).update(invalidated_at=now, cleanup=self.run)
            case "undo":
                live.filter(cleanup=self.run).update(invalidated_at=None)
            case "restore":
                live.update(invalidated_at=None)
            case "show name" | "hide name":
                live.update(shows_name=step == "show name")
            case "show voice" | "hide voice":
                live.update(has_shown_voice=step == "show voice")
            case "change kinds":
                live.update(flexibility=[["remote"], ["remote", "schedule", "remote"], []][who % 3])
            case "fold":
                counting.fold()
            case "tally":
                counting.tally_unconfirmed(now=now)
            case "recount":
                assert recounting.recount(now=now) == []
            case "purge":
                housekeeping.purge(now=now)

    def assert_answers_add_up(self):
        numbers = self.client.get("/count.json").json()
        confirmed = numbers["confirmed"]
        states = [numbers[state] for state in Pledge.State.values if state != "standing"]
        assert confirmed + sum(states) == numbers["signed"]
        ledger = sum(line["people"] for line in numbers["ledger"])
        assert numbers["confirmations"] + ledger == confirmed
        page = self.client.get("/count/").text
        for caption in ("Everybody who signed", "The ledger"):
            parts, whole = published.numbers_of(page, caption)
            assert sum(parts) == whole
        assert whole == confirmed
        if confirmed:
            parts, whole = published.numbers_of(page, "Supporters by country")
            assert sum(parts) == whole == confirmed
        assert published.people(published.history(self.client)) == confirmed

    def assert_published_is_true(self):
        rows = Counter(map(state_by_hand, Pledge.objects.all()))
        numbers = self.client.get("/count.json").json()
        told = {state: numbers.get(state) for state in Pledge.State.values}
        told["standing"] = numbers["confirmed"]
        assert told == {state: rows[state] for state in Pledge.State.values}
        parts, whole = published.numbers_of(self.client.get("/count/").text, "Everybody who signed")
        assert (sorted(parts), whole) == (sorted(told.values()), Pledge.objects.count())
        assert numbers["confirmations"] == Pledge.objects.exclude(number=None).count()
        assert Tally.objects.total() == Pledge.objects.standing().count() == rows["standing"]
        listed = Tally.objects.filter(scope="listed", value__gt=0).values_list("key", "value")
        assert dict(listed) == tallied_by_hand(Pledge.objects.listed())
        self.assert_ledger_follows_its_rules()
        assert recounting.drift() == []
        assert counting.gaps() == 0
        voices = "pledges show a voice that nobody approved"  # nobody decides on any here
        assert [one for one in audit.findings(now=self.now) if voices not in one] == []

    def assert_ledger_follows_its_rules(self):
        kinds = LedgerEntry.Kind
        for entry in LedgerEntry.objects.all():
            comes = entry.kind in {
                kinds.CONFIRMED, kinds.RELEASED, kinds.RESTORED, kinds.CLEANUP_UNDONE
            }  # fmt: skip
            assert (entry.amount > 0) == comes
            assert bool(entry.country) == (entry.kind == kinds.CONFIRMED)
            assert bool(entry.cleanup_id) == (
                entry.kind in {kinds.CLEANED_UP, kinds.CLEANUP_UNDONE}
            )
