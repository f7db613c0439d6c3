"""What happens by itself: one reminder, then forgetting."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from common import addresses, outbox
from common.models import OutboxMessage, SuppressedAddress
from pledges import counting, housekeeping, recounting
from pledges.models import Pledge, Tally
from tests.pledges.people import a_pledge, a_supporter

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


def test_who_did_not_confirm_is_reminded_once_after_three_days(now):
    a_pledge("late@example.org", now=now - timedelta(days=4))
    a_pledge("new@example.org", now=now - timedelta(days=2))
    a_supporter("in@example.org", now=now - timedelta(days=4))
    OutboxMessage.objects.all().delete()
    assert housekeeping.remind(now=now) == 1
    assert housekeeping.remind(now=now) == 0
    mail = OutboxMessage.objects.get()
    assert (mail.kind, mail.recipient) == ("pledge-reminder", "late@example.org")


def test_the_reminder_works_like_the_first_mail_and_can_be_stopped_with_one_click(
    client, mail_to_smtp, now
):
    pledge = a_pledge(now=now - timedelta(days=4))
    call_command("worker", once=True)
    (mail,) = mail_to_smtp.mails
    assert mail.subject == "Still one press away"
    assert pledge.token("confirm") in mail.link("/pledge/confirm/")
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = mail.message["List-Unsubscribe"].strip("<>")
    path = "/" + address.split("/", 3)[3]
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 303


def test_somebody_who_confirmed_meanwhile_gets_no_reminder(client, mail_to_smtp, now):
    pledge = a_pledge(now=now - timedelta(days=4))
    housekeeping.remind(now=now)
    client.post(f"/pledge/confirm/{pledge.token('confirm')}/")
    outbox.deliver_due(now=timezone.now())
    assert [mail.subject for mail in mail_to_smtp.mails] == ["You are supporter number 1"]


def test_an_address_that_wants_to_be_left_alone_is_not_reminded(now):
    SuppressedAddress.objects.create(
        address_hash=addresses.keyed_hash("robin@example.org"), created_at=now
    )
    a_pledge(now=now - timedelta(days=4))
    housekeeping.remind(now=now)
    assert not OutboxMessage.objects.exists()


def test_reminding_killed_half_way_and_run_again_reminds_nobody_twice(now, monkeypatch):
    monkeypatch.setattr(housekeeping, "BATCH", 3)
    for number in range(8):
        a_pledge(f"{number}@example.org", now=now - timedelta(days=4))
    put, calls = outbox.put, []

    def dies_at_the_fifth(*args, **kwargs):
        calls.append(args)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return put(*args, **kwargs)

    monkeypatch.setattr(outbox, "put", dies_at_the_fifth)
    with pytest.raises(KeyboardInterrupt):
        housekeeping.remind(now=now)
    assert OutboxMessage.objects.count() == 3
    monkeypatch.setattr(outbox, "put", put)
    housekeeping.remind(now=now)
    reminded = list(OutboxMessage.objects.values_list("recipient", flat=True))
    assert sorted(reminded) == [f"{number}@example.org" for number in range(8)]


def test_purging_killed_half_way_and_run_again_purges_the_rest(now, monkeypatch):
    monkeypatch.setattr(housekeeping, "BATCH", 2)
    for number in range(5):
        a_pledge(f"{number}@example.org", now=now - timedelta(days=30))
    old = Pledge.objects.unconfirmed()
    assert housekeeping._delete_batch(old) == 2
    assert Pledge.objects.count() == 3
    assert housekeeping.purge(now=now)["unconfirmed pledges"] == 3


def test_whatever_identifies_somebody_who_withdrew_is_erased_after_thirty_days(now):
    gone = a_supporter(now=now - timedelta(days=60))
    Pledge.objects.filter(pk=gone.pk).update(withdrawn_at=now - timedelta(days=29))
    assert housekeeping.purge(now=now)["withdrawn pledges"] == 0
    assert housekeeping.purge(now=now + timedelta(days=2))["withdrawn pledges"] == 1
    gone.refresh_from_db()
    assert (gone.email, gone.name) == ("", "")
    assert gone.withdrawn_at == now - timedelta(days=29)
    counting.fold_all()
    assert Tally.objects.total() == 0
    assert recounting.drift() == []


def test_where_somebody_signed_from_is_forgotten_after_thirty_days(now):
    old = a_supporter("old@example.org", network="203.0.113.0/24", now=now - timedelta(days=31))
    new = a_supporter("new@example.org", network="203.0.113.0/24", now=now - timedelta(days=29))
    assert housekeeping.purge(now=now, dry_run=True)["networks"] == 1
    assert housekeeping.purge(now=now)["networks"] == 1
    for pledge in (old, new):
        pledge.refresh_from_db()
    assert (old.network, new.network) == ("", "203.0.113.0/24")
    assert old.number


def test_a_dry_run_only_says_how_much(now, capsys):
    a_pledge(now=now - timedelta(days=30))
    call_command("purge", dry_run=True)
    assert "unconfirmed pledges: 1" in capsys.readouterr().out
    assert Pledge.objects.exists()
    call_command("purge")
    assert not Pledge.objects.exists()


def test_a_clock_that_is_weeks_ahead_deletes_nothing_and_reminds_nobody(now, caplog):
    a_pledge(now=now)
    OutboxMessage.objects.all().delete()
    with time_machine.travel(now + timedelta(days=30)):
        call_command("worker", once=True)
        with pytest.raises(CommandError, match="nothing is deleted"):
            call_command("purge")
    assert "nothing is tidied up" in caplog.text
    assert Pledge.objects.get().reminded_at is None
    assert not OutboxMessage.objects.exists()


def test_a_clock_that_is_a_minute_ahead_is_no_reason_to_keep_what_is_past_its_time(now):
    a_pledge(now=now - timedelta(days=30))
    with time_machine.travel(now + timedelta(minutes=1)):
        call_command("worker", once=True)
    assert not Pledge.objects.exists()
