"""A clean-up of thousands while people sign and confirm: nobody waits, and all comes back."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from pledges import cleaning, confirmation, counting, reception, recounting, samples
from pledges.models import Cleanup, Pledge, Tally

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 5_000


def at_work():
    """The worker's thread, until nothing is left to do."""

    def work():
        try:
            while cleaning.work():
                pass
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def people_while(thread, label):
    """People who sign and confirm meanwhile; the database refuses whoever waits for a lock."""
    number = 0
    while thread.is_alive() or not number:
        number += 1
        now, address = timezone.now(), f"{label}-{number}@example.org"
        reception.sign(now=now, email=address, name="Robin Example", country="CA")
        confirmation.confirm(Pledge.objects.of(address).get(), now=now)
        assert recounting.drift() == []
    thread.join()
    return number


def as_they_were():
    """All that the synthetic pledges are, but for their memory of the run."""
    fields = [field.attname for field in Pledge._meta.fields if field.name != "cleanup"]
    synthetic = Pledge.objects.filter(email__startswith="synthetic-")
    return list(synthetic.order_by("pk").values(*fields))


def test_five_thousand_are_taken_out_and_put_back_beside_people_who_sign(admin_user, monkeypatch):
    monkeypatch.setattr(cleaning, "BATCH", 200)
    samples.copy_synthetic(MANY, timezone.now())
    before = as_they_were()
    cleanup = Cleanup(address="synthetic-*")
    cleaning.prepare(cleanup, actor=admin_user, now=timezone.now())
    at_work().join()
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '1s'")
    cleaning.start(cleanup, reason="Made for a test", actor=admin_user, now=timezone.now())
    people = people_while(at_work(), "first")
    counting.fold_all()
    assert Tally.objects.total() == people
    cleaning.undo(cleanup, actor=admin_user, now=timezone.now())
    people += people_while(at_work(), "second")
    counting.fold_all()
    cleanup.refresh_from_db()
    assert (cleanup.invalidated, cleanup.restored) == (MANY, MANY)
    assert as_they_were() == before
    assert Tally.objects.total() == MANY + people
    assert recounting.drift() == []
    assert counting.gaps() == 0
