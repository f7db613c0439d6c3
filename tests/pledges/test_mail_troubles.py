"""A mail server that is away, refuses, hangs or hangs up: which mail waits for how long.

Time is told instead of waited for; `tests/faults` has a worker of its own.
"""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from common import outbox
from common.models import OutboxMessage
from tests.pledges.people import a_pledge

pytestmark = pytest.mark.django_db

PEOPLE = ["robin@example.org", "sam@example.org", "kim@example.org"]
START = datetime.fromisoformat("2026-11-22T10:00:00Z")
LONGEST_PAUSE = timedelta(seconds=8)  # of the worker
AFTER_RECOVERY = timedelta(minutes=2)
HOURS = timedelta(hours=2)
A_DAY = timedelta(days=1)


@pytest.fixture
def mailbox(mail_to_smtp, settings):
    settings.EMAIL_TIMEOUT = 0.1  # seconds
    return mail_to_smtp


def write_to(*people, at=START):
    for address in people:
        a_pledge(address, now=at)
        outbox.put("pledge-signed", address, now=at)


def deliver(since, until, every=LONGEST_PAUSE):
    """As the worker does in that time."""
    now = since
    while now <= until:
        with suppress(OSError):
            outbox.deliver_due(now=now)
        now += every


def of(address):
    return OutboxMessage.objects.get(recipient=address)


def subjects(mailbox, address):
    return [mail.subject for mail in mailbox.to(address)]


TROUBLES = {
    "away": lambda mailbox: mailbox.stop(),
    "hangs": lambda mailbox: setattr(mailbox, "hangs", True),
    "hangs up": lambda mailbox: setattr(mailbox, "drops", True),
    "refuses all": lambda mailbox: setattr(mailbox, "refuses_all", "450 4.3.2 not now"),
    "has no room": lambda mailbox: setattr(mailbox, "refuses_all", "452 4.3.1 no room"),
    "shuts down": lambda mailbox: setattr(mailbox, "refuses_all", "421 4.3.2 shutting down"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_after_hours_of_trouble_everybody_has_one_mail_within_two_minutes(mailbox, trouble):
    TROUBLES[trouble](mailbox)
    write_to(*PEOPLE)
    deliver(START, START + HOURS, every=timedelta(minutes=3))
    assert not mailbox.mails
    mailbox.reset()
    if trouble == "away":
        mailbox.start()
    deliver(START + HOURS + LONGEST_PAUSE, START + HOURS + AFTER_RECOVERY)
    assert [subjects(mailbox, address) for address in PEOPLE] == [["Confirm your name"]] * 3


@pytest.mark.parametrize("trouble", ["hangs", "hangs up", "shuts down"])
def test_a_server_in_trouble_is_asked_with_two_mails_and_not_with_all(mailbox, trouble):
    TROUBLES[trouble](mailbox)
    write_to(*PEOPLE)
    with pytest.raises(OSError):  # noqa: PT011  the kinds of trouble share no words
        outbox.deliver_due(now=START)
    tried = OutboxMessage.objects.filter(attempts=1).values_list("recipient", flat=True)
    assert sorted(tried) == sorted(PEOPLE[:2])


def test_while_nobody_answers_no_mail_is_blamed(mailbox):
    mailbox.stop()
    write_to(*PEOPLE)
    deliver(START, START + HOURS, every=timedelta(minutes=3))
    assert not OutboxMessage.objects.exclude(attempts=0).exists()


def test_a_server_that_lets_strangers_wait_gets_the_mail_when_it_wants_it(mailbox):
    now = START
    mailbox.greylists_for = timedelta(minutes=5)
    mailbox.clock = lambda: now
    write_to(*PEOPLE)
    while now < START + mailbox.greylists_for + AFTER_RECOVERY:
        outbox.deliver_due(now=now)
        now += LONGEST_PAUSE
    assert [subjects(mailbox, address) for address in PEOPLE] == [["Confirm your name"]] * 3


@pytest.mark.parametrize(
    "reply", ["450 4.2.0 not now", "550 5.1.1 no such mailbox", "421 4.7.0 not with you"]
)
def test_an_address_in_trouble_delays_nobody(mailbox, reply):
    poisoned, *others = PEOPLE
    mailbox.refuse(poisoned, reply)
    write_to(*PEOPLE)
    outbox.deliver_due(now=START)
    assert all(subjects(mailbox, address) for address in others)
    row = of(poisoned)
    assert (row.attempts, row.sent_at, row.failed_at) == (1, None, None)
    assert row.last_error.endswith(f" {reply[:3]}")


@pytest.mark.parametrize(
    ("reply", "longest"), [("450 4.2.0 not now", 100), ("550 5.1.1 no such mailbox", 600)]
)
def test_it_waits_longer_each_time_but_not_for_ever(mailbox, reply, longest):
    mailbox.refuse("robin@example.org", reply)
    write_to("robin@example.org")
    now, waits = START, []
    for _try in range(10):
        outbox.deliver_due(now=now)
        waits.append((of("robin@example.org").due_at - now).total_seconds())
        now = of("robin@example.org").due_at
    assert waits[:4] == [10, 20, 40, 80]
    assert waits == sorted(waits)
    assert waits[-1] == longest


def test_after_a_day_a_mail_is_given_up_and_staff_can_have_it_tried_again(mailbox, admin_client):
    mailbox.refuse("robin@example.org")
    write_to("robin@example.org")
    deliver(START, START + A_DAY - timedelta(minutes=1), every=timedelta(minutes=30))
    assert not of("robin@example.org").failed_at
    deliver(START + A_DAY, START + A_DAY + timedelta(minutes=10), every=timedelta(minutes=5))
    assert of("robin@example.org").failed_at

    mailbox.accept("robin@example.org")
    outbox.deliver_due(now=START + 2 * A_DAY)
    assert not mailbox.mails
    page = admin_client.get("/admin/common/outboxmessage/?state=failed").content.decode()
    assert "SMTPRecipientsRefused 550" in page
    form = {"action": "try_again", "_selected_action": [of("robin@example.org").pk]}
    admin_client.post("/admin/common/outboxmessage/", form)
    outbox.deliver_due(now=of("robin@example.org").due_at)
    assert subjects(mailbox, "robin@example.org") == ["Confirm your name"]


def test_mail_of_a_day_without_a_worker_is_not_given_up_for_trouble_that_passes(mailbox):
    mailbox.refuse("robin@example.org", "450 4.2.0 greylisted")
    write_to("robin@example.org")
    a_day_later = START + timedelta(hours=25)
    deliver(a_day_later, a_day_later + timedelta(minutes=6))
    mailbox.accept("robin@example.org")
    deliver(a_day_later + timedelta(minutes=6), a_day_later + timedelta(minutes=8))
    assert subjects(mailbox, "robin@example.org") == ["Confirm your name"]


def test_trouble_that_does_not_pass_ends_after_a_day_too(mailbox):
    mailbox.refuse("robin@example.org", "450 4.2.0 not now")
    write_to("robin@example.org")
    deliver(START, START + A_DAY + timedelta(minutes=30), every=timedelta(minutes=30))
    assert of("robin@example.org").failed_at


def test_mail_written_by_a_clock_that_ran_ahead_does_not_wait_for_that_time(mailbox):
    write_to("robin@example.org", at=START + timedelta(days=400))
    outbox.deliver_due(now=START)
    assert subjects(mailbox, "robin@example.org") == ["Confirm your name"]


def test_a_failure_under_a_clock_that_ran_ahead_is_not_tried_for_ever(mailbox):
    mailbox.refuse("robin@example.org")
    write_to("robin@example.org", at=START + timedelta(days=400))
    deliver(START, START + A_DAY, every=timedelta(minutes=30))
    assert of("robin@example.org").failed_at
