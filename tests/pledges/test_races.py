"""What happens at one instant, with real threads and real transactions."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from common.models import OutboxMessage, RateWindow
from pledges import confirmation, counting, recounting
from pledges.models import Pledge, Tally
from tests.at_once import THREADS, at_once
from tests.pledges.people import a_pledge, answers

pytestmark = pytest.mark.django_db(transaction=True)


def test_twelve_sign_ups_with_one_address_leave_one_row_and_get_the_same_answer():
    responses = at_once(lambda _: Client().post("/pledge/", answers()))
    assert {(r.status_code, r["Location"]) for r in responses} == {(303, "/pledge/check-email/")}
    assert Pledge.objects.count() == 1
    assert OutboxMessage.objects.count() == 1


def test_a_storm_on_one_address_cannot_pass_the_cap_of_mails(settings):
    settings.MAILS_PER_ADDRESS_PER_DAY = 3
    a_pledge()
    for mails in (1, 2, 3, 3):
        at_once(lambda _: Client().post("/pledge/resend/", {"email": "robin@example.org"}))
        assert OutboxMessage.objects.count() == mails
        OutboxMessage.objects.update(created_at=F("created_at") - timedelta(minutes=1))


def test_twelve_presses_on_one_button_give_one_number():
    pledge = a_pledge()
    address = f"/pledge/confirm/{pledge.token('confirm')}/"
    responses = at_once(lambda _: Client().post(address))
    assert {(r.status_code, r["Location"]) for r in responses} == {(303, pledge.get_absolute_url())}
    pledge.refresh_from_db()
    assert pledge.number == 1
    assert Tally.objects.total() == 1
    assert OutboxMessage.objects.filter(kind="pledge-welcome").count() == 1
    assert recounting.drift() == []


def test_twelve_people_who_confirm_at_once_get_twelve_numbers_without_a_gap():
    for _round in range(3):
        people = [a_pledge(f"{_round}-{n}@example.org") for n in range(THREADS)]
        at_once(
            lambda n, people=people: Client().post(f"/pledge/confirm/{people[n].token('confirm')}/")
        )
        counting.fold_all()
    numbers = sorted(Pledge.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 3 * THREADS + 1))
    assert Tally.objects.total() == 3 * THREADS
    assert recounting.drift() == []
    assert counting.gaps() == 0


def test_twelve_withdrawals_at_once_take_one_person_out():
    pledge = a_pledge(confirmed_at=timezone.now())
    counting.fold_all()
    address = f"{pledge.get_absolute_url()}withdraw/"
    responses = at_once(lambda _: Client().post(address))
    assert {(r.status_code, r["Location"]) for r in responses} == {(303, "/pledge/done/withdrawn/")}
    counting.fold_all()
    assert Tally.objects.total() == 0
    assert recounting.drift() == []


def test_simultaneous_guesses_at_the_digits_cannot_pass_the_limit():
    pledge = a_pledge()
    digits = int(confirmation.digits_of(pledge))

    def guess(position):
        guessed = f"{(digits + (position + 1) % THREADS) % 1_000_000:06d}"
        return confirmation.by_digits(pledge.email, guessed, now=timezone.now())

    for _ in range(2):
        at_once(guess)
    assert at_once(guess) == [None] * THREADS
    assert RateWindow.objects.get().hits == 3 * THREADS


def test_confirmations_and_withdrawals_together_stay_exact():
    people = [a_pledge(f"{n}@example.org", confirmed_at=timezone.now()) for n in range(THREADS)]
    newcomers = [a_pledge(f"new-{n}@example.org") for n in range(THREADS)]

    def both(position):
        Client().post(f"{people[position].get_absolute_url()}withdraw/")
        Client().post(f"/pledge/confirm/{newcomers[position].token('confirm')}/")

    at_once(both)
    counting.fold_all()
    assert Tally.objects.total() == THREADS
    assert recounting.drift() == []
    assert counting.gaps() == 0


def test_a_recount_among_confirmations_loses_none():
    people = [a_pledge(f"{n}@example.org") for n in range(THREADS)]

    def confirm_or_recount(position):
        if position % 2:
            recounting.recount(now=timezone.now())
        Client().post(f"/pledge/confirm/{people[position].token('confirm')}/")

    at_once(confirm_or_recount)
    counting.fold_all()
    assert Tally.objects.total() == THREADS
    assert recounting.drift() == []
