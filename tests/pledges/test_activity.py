"""Hours as staff see them: what is counted, where it belongs, and that it stays."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model

from common.models import OutboxMessage
from pledges import activity, withdrawal
from pledges.models import Activity, Pledge
from tests.pledges.people import a_pledge, a_supporter

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
HOUR = datetime(2026, 11, 20, 15, tzinfo=UTC)


def sent(address, at, kind="pledge-signed"):
    return OutboxMessage.objects.create(
        kind=kind, recipient=address, recipient_hash=b"", created_at=at, due_at=at, sent_at=at
    )


def counts(scope, key="", hour=HOUR):
    """Signed, handed over and confirmed in that hour; None where there is no row."""
    return (
        Activity.objects.filter(scope=scope, key=key, hour=hour)
        .values_list("signed", "handed_over", "confirmed")
        .first()
    )


def test_sign_ups_mails_and_confirmations_are_counted_in_their_hour():
    a_pledge("ana@example.org", now=NOW)
    a_supporter("ben@example.org", now=NOW - timedelta(minutes=5))
    sent("ana@example.org", NOW)
    sent("ana@example.org", NOW, kind="pledge-link")
    activity.fill_in(now=NOW)
    assert counts("all") == (2, 1, 1)


def test_the_hour_before_and_the_hour_itself_are_told_apart():
    a_pledge("ana@example.org", now=HOUR - timedelta(seconds=1))
    a_pledge("ben@example.org", now=HOUR)
    activity.fill_in(now=NOW)
    assert counts("all", hour=HOUR - timedelta(hours=1)) == (1, 0, 0)
    assert counts("all") == (1, 0, 0)


@pytest.mark.parametrize(
    ("address", "provider"),
    [
        ("ana@gmail.com", "Gmail"),
        ("ana@GoogleMail.com", "Gmail"),
        ("ana@hotmail.co.uk", "Outlook"),
        ("ana@their-own.example", "other"),
    ],
)
def test_mailboxes_belong_to_their_provider_and_small_domains_to_none(address, provider):
    a_supporter(address, now=NOW - timedelta(minutes=1))
    sent(address, NOW)
    activity.fill_in(now=NOW)
    assert counts("provider", provider) == (1, 1, 1)
    assert Activity.objects.filter(scope="provider").count() == 1


def test_people_are_told_by_country_way_and_source():
    ana = a_supporter("ana@example.org", now=NOW - timedelta(hours=5), country="CA")
    a_pledge("ben@example.org", now=NOW, country="DE", referrer=ana, source="newsletter")
    a_pledge("dee@example.org", now=NOW, country="DE")
    activity.fill_in(now=NOW)
    assert counts("country", "DE") == (2, 0, 0)
    assert counts("channel", "referral") == (1, 0, 0)
    assert counts("channel", "direct") == (1, 0, 0)
    assert counts("source", "newsletter") == (1, 0, 0)
    assert not Activity.objects.filter(scope__in=["country", "source", "channel"], key="").exists()


def test_counting_again_changes_nothing():
    a_supporter(now=NOW)
    activity.fill_in(now=NOW)
    before = list(Activity.objects.order_by("pk").values_list("scope", "key", "hour", "signed"))
    activity.fill_in(now=NOW)
    after = list(Activity.objects.order_by("pk").values_list("scope", "key", "hour", "signed"))
    assert before
    assert sorted(after) == sorted(before)


def test_what_came_late_is_counted_with_the_next_turn():
    activity.fill_in(now=NOW)
    a_pledge(now=NOW - timedelta(minutes=20))
    activity.fill_in(now=NOW + timedelta(minutes=1))
    assert counts("all") == (1, 0, 0)


def test_hours_long_past_stay_when_unconfirmed_pledges_are_deleted():
    pledge = a_pledge(now=NOW)
    activity.fill_in(now=NOW)
    activity.fill_in(now=NOW + timedelta(days=3))
    withdrawal.erase(pledge, now=NOW + timedelta(days=3))
    activity.fill_in(now=NOW + timedelta(days=3, minutes=1))
    assert not Pledge.objects.exists()
    assert counts("all") == (1, 0, 0)


def test_a_worker_that_was_away_for_a_week_catches_up():
    a_pledge("ana@example.org", now=NOW - timedelta(days=9))
    activity.fill_in(now=NOW - timedelta(days=9))
    a_pledge("ben@example.org", now=NOW - timedelta(days=4))
    activity.fill_in(now=NOW)
    assert counts("all", hour=HOUR - timedelta(days=4)) == (1, 0, 0)


def test_old_hours_are_forgotten():
    a_pledge(now=NOW)
    activity.fill_in(now=NOW)
    assert activity.forget(now=NOW + timedelta(days=399)) == 0
    assert activity.forget(now=NOW + timedelta(days=402)) == Activity.objects.count() + 4
    assert not Activity.objects.exists()


def hours_of(provider, *, before, hours, handed_over, confirmed):
    """Rows of the hours before a moment, each with these counts."""
    Activity.objects.bulk_create(
        Activity(
            scope="provider",
            key=provider,
            hour=before - timedelta(hours=back),
            handed_over=handed_over,
            confirmed=confirmed,
        )
        for back in range(hours)
    )


@pytest.fixture
def staff():
    return get_user_model().objects.create_user("mod", "mod@example.org", "x", is_staff=True)


def test_staff_are_told_once_a_day_when_a_provider_sinks(staff, mail_to_smtp):
    from common import outbox

    hours_of("Gmail", before=HOUR - timedelta(hours=7), hours=100, handed_over=10, confirmed=8)
    hours_of("Gmail", before=HOUR, hours=6, handed_over=10, confirmed=1)
    assert activity.watch_providers(now=NOW) == ["Gmail"]
    assert activity.watch_providers(now=NOW) == []
    outbox.deliver_due(now=NOW)
    (mail,) = mail_to_smtp.mails
    assert mail.recipients == ["mod@example.org"]
    assert mail.subject == "Look at our mail to Gmail"
    assert "Usually 80 % do" in mail.text
    assert activity.watch_providers(now=NOW + timedelta(days=1)) in ([], ["Gmail"])


@pytest.mark.parametrize(
    ("handed_over", "confirmed"),
    [(10, 7), (4, 0)],
    ids=["nearly as usual", "too few to say"],
)
def test_nobody_is_told_for_nothing(staff, handed_over, confirmed):
    hours_of("Gmail", before=HOUR - timedelta(hours=7), hours=100, handed_over=10, confirmed=8)
    hours_of("Gmail", before=HOUR, hours=6, handed_over=handed_over, confirmed=confirmed)
    assert activity.watch_providers(now=NOW) == []
    assert not OutboxMessage.objects.exists()
