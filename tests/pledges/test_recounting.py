"""Stored counts are held against the rows, by command and each night; what is wrong is told."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from common import outbox
from common.models import OutboxMessage
from pledges import counting, recounting
from pledges.models import LedgerEntry, Pledge, Recount, Tally
from tests.at_once import THREADS, at_once
from tests.pledges import published
from tests.pledges.people import a_pledge, a_supporter

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 3, 3, tzinfo=UTC)


def ledger():
    """What changed the total beside new confirmations, by kind."""
    entries = LedgerEntry.objects.exclude(kind="confirmed")
    return {entry.kind: entry.amount for entry in entries}


def test_recount_check_is_silent_about_truth_and_loud_about_drift(capsys):
    a_supporter()
    call_command("recount", check=True)
    Tally.objects.filter(scope="total").update(value=7)
    Tally.objects.create(scope="country", key="FR", value=3)
    with pytest.raises(CommandError):
        call_command("recount", check=True)
    assert Tally.objects.total() == 7
    assert not Recount.objects.exists()
    out = capsys.readouterr().out
    assert "total : stored 7, rows 1" in out
    assert "country FR: stored 3, rows 0" in out


def test_recount_rebuilds_the_counts_from_the_rows():
    a_supporter()
    a_pledge("new@example.org")
    counting.tally_unconfirmed(now=timezone.now() + timedelta(hours=1))
    before = set(Tally.objects.values_list("scope", "key", "value"))
    Tally.objects.all().delete()
    call_command("recount")
    assert before <= set(Tally.objects.values_list("scope", "key", "value"))
    assert Tally.objects.by_country() == [("CA", 1)]
    call_command("recount", check=True)


def test_a_missing_number_is_noticed(capsys):
    a_supporter()
    Pledge.objects.update(number=3)
    with pytest.raises(CommandError):
        call_command("recount", check=True)
    assert "missing numbers 2" in capsys.readouterr().out


def test_a_row_that_somebody_deleted_in_the_database_is_a_correction_in_the_ledger():
    a_supporter("ana@example.org")
    a_supporter("ben@example.org")
    Pledge.objects.filter(number=1).delete()
    recounting.recount(now=timezone.now())
    assert Tally.objects.total() == 1
    assert ledger() == {"corrected": -1}
    assert recounting.drift() == []


def test_a_total_that_somebody_changed_in_the_database_is_an_error_and_its_correction():
    a_supporter()
    Tally.objects.filter(scope="total").update(value=7)
    recounting.recount(now=timezone.now())
    assert Tally.objects.total() == 1
    assert ledger() == {"drifted": 6, "corrected": -6}
    assert recounting.drift() == []


def test_a_ledger_that_lost_entries_is_balanced_by_another():
    a_supporter()
    LedgerEntry.objects.all().delete()
    recounting.recount(now=timezone.now())
    assert ledger() == {"drifted": 1}
    assert recounting.drift() == []


def test_the_page_and_json_tell_the_last_recount_and_what_it_found(client):
    assert "none yet" in client.get("/count/").text
    assert client.get("/count.json").json()["recount"] is None
    a_supporter()
    recounting.recount(now=NIGHT)
    assert "every stored number was right" in client.get("/count/").text
    assert client.get("/count.json").json()["recount"] == {
        "at": "2026-11-03T03:00:00Z", "drift": 0, "wrong_tallies": 0
    }  # fmt: skip
    Tally.objects.filter(scope="total").update(value=7)
    recounting.recount(now=NIGHT + timedelta(days=1))
    page = client.get("/count/").text
    assert "changed the count by −6" in page
    assert "Correction by a recount" in page
    assert published.numbers_of(page, "The ledger") == ([1, -6, 6], 1)
    assert client.get("/count.json").json()["recount"]["drift"] == -6


def test_staff_hear_of_drift_and_not_of_a_recount_that_found_nothing(mail_to_smtp, settings):
    settings.SITE_URL = "https://million.example"
    get_user_model().objects.create_user("ana", "ana@staff.example", is_staff=True)
    a_supporter()
    recounting.recount(now=NIGHT)
    assert not OutboxMessage.objects.filter(kind="pledge-drift").exists()
    Tally.objects.filter(scope="total").update(value=7)
    recounting.recount(now=NIGHT)
    OutboxMessage.objects.exclude(kind="pledge-drift").delete()
    outbox.deliver_due(now=timezone.now())
    (mail,) = mail_to_smtp.mails
    assert mail.recipients == ["ana@staff.example"]
    assert mail.subject == "The count was wrong and has been corrected"
    assert "the total changed by -6" in " ".join(mail.text.split())
    assert "total : stored 7, rows 1" in mail.text
    assert "https://million.example/count/" in mail.links


@pytest.mark.parametrize(
    ("last", "now", "is_due"),
    [
        (None, NIGHT - timedelta(hours=1), True),
        (NIGHT - timedelta(hours=20), NIGHT - timedelta(minutes=1), False),
        (NIGHT - timedelta(minutes=1), NIGHT, True),
        (NIGHT, NIGHT + timedelta(hours=23), False),
        (NIGHT, NIGHT + timedelta(days=1), True),
    ],
)
def test_a_recount_is_due_once_a_night(last, now, is_due):
    if last:
        recounting.recount(now=last)
    assert recounting.recount_nightly(now=now) == is_due
    assert not recounting.recount_nightly(now=now)


def test_the_worker_recounts():
    with time_machine.travel(NIGHT, tick=False):
        call_command("worker", once=True)
        call_command("worker", once=True)
    assert [recount.at for recount in Recount.objects.all()] == [NIGHT]


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_one_recounts():
    done = at_once(lambda _position: recounting.recount_nightly(now=NIGHT))
    assert sorted(done) == [False] * (THREADS - 1) + [True]
    assert Recount.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_people_are_counted_while_a_recount_reads_the_rows(monkeypatch):
    """A recount of ten million rows takes a while; its corrections do not."""
    a_supporter()
    Tally.objects.filter(scope="total").update(value=7)
    read = recounting.drift

    def read_and_dawdle():
        found = read()
        at_once(lambda _position: a_supporter("meanwhile@example.org"), times=1)
        assert Tally.objects.total() == 8
        return found

    monkeypatch.setattr(recounting, "drift", read_and_dawdle)
    recounting.recount(now=timezone.now())
    monkeypatch.undo()
    assert Tally.objects.total() == 2
    assert recounting.drift() == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert cursor.fetchone() == (0,)
