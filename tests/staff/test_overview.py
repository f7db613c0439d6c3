"""The first page of the admin: the campaign as it stands, and what waits for whoever looks."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from common import outbox
from common.models import Heartbeat, OutboxMessage
from flexpledge.staff.charts import Chart, Span
from pledges import activity, counting
from pledges.models import Pledge, Voice
from tests.coalition.cast import an_applicant
from tests.pledges.people import a_pledge, a_supporter
from tests.staff.cast import a_colleague

pytestmark = pytest.mark.django_db


def page_of(group):
    client = Client()
    client.force_login(a_colleague(group.lower(), group))
    return client.get("/admin/").content.decode()


def words(page):
    """The text of a page as it is read, without the line breaks of its source."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def a_busy_day():
    now = timezone.now()
    for number in range(4):
        a_supporter(f"robin-{number}@gmail.com", now=now - timedelta(minutes=number))
    a_pledge("waiting@example.org", now=now)
    counting.fold_all()
    activity.fill_in(now=now)


def test_staff_see_the_campaign_in_numbers(a_busy_day):
    text = words(page_of("Manager"))
    assert "4 confirmed today" in text
    assert "4 confirmed and standing" in text
    assert "80 % of sign-ups in 7 days confirmed" in text
    assert "1 waiting for confirmation" in text
    assert "Gmail 4 0 4" in text


def test_what_waits_is_told_with_the_age_of_its_oldest():
    robin = a_supporter()
    three_days_ago = timezone.now() - timedelta(days=3, hours=1)
    Voice.objects.create(pledge=robin, text="Because", created_at=three_days_ago)
    an_applicant(created_at=three_days_ago)
    held = a_supporter("held@example.org", now=three_days_ago)
    Pledge.objects.filter(pk=held.pk).update(quarantined_at=timezone.now())
    text = words(page_of("Moderator"))
    assert "Voices 1 3 days" in text
    assert "Coalition applications 1 3 days" in text
    assert "Pledges in quarantine 1 3 days" in text


def test_who_may_not_decide_sees_no_queue():
    text = words(page_of("Editor"))
    assert "Voices 0" not in text
    assert "confirmed and standing" in text


def test_mail_that_waits_or_was_given_up_is_told_and_can_be_tried_again():
    now = timezone.now()
    outbox.put("pledge-link", "robin@example.org", now=now - timedelta(hours=2))
    outbox.put("pledge-link", "ana@example.org", now=now)
    outbox.put("pledge-link", "ben@example.org", now=now)
    given_up = ["ana@example.org", "ben@example.org"]
    OutboxMessage.objects.filter(recipient__in=given_up).update(failed_at=now)
    client = Client()
    client.force_login(a_colleague("manager", "Manager"))
    page = client.get("/admin/").content.decode()
    assert "Mails waiting 1 oldest 2 hours" in words(page)
    assert "Mails given up 2 Try all again" in words(page)
    assert client.post("/admin/common/outboxmessage/try-again/").status_code == 302
    assert not OutboxMessage.objects.given_up().exists()


def test_a_worker_is_named_with_when_it_was_heard_of_and_its_silence_is_told():
    now = timezone.now()
    Heartbeat.objects.create(name="host-a:7", started_at=now, at=now - timedelta(minutes=5))
    text = words(page_of("Manager"))
    assert "Worker host-a:7 heard of 5 minutes ago" in text
    assert "No worker has been heard of" in text
    Heartbeat.objects.create(name="host-b:9", started_at=now, at=now)
    client = Client()
    client.force_login(a_colleague("second", "Manager"))
    assert "No worker has been heard of" not in client.get("/admin/").content.decode()


def test_the_page_asks_no_more_with_much_than_with_little(
    a_busy_day, django_assert_max_num_queries
):
    client = Client()
    client.force_login(a_colleague("manager", "Manager"))
    client.get("/admin/")
    with django_assert_max_num_queries(14):
        client.get("/admin/")


def test_columns_are_as_high_as_what_they_tell():
    begin = datetime(2026, 11, 1, tzinfo=UTC)
    spans = [Span(begin + timedelta(days=day), signed=day * 10, confirmed=day) for day in range(5)]
    chart = Chart(spans)
    assert chart.most == 40
    assert chart.half == 20
    assert [column.signed_height for column in chart.columns] == [0, 30, 60, 90, 120]
    assert chart.columns[-1].left + chart.columns[-1].width <= chart.width


@pytest.mark.parametrize(("highest", "most"), [(0, 2), (3, 4), (11, 20), (96, 100), (1234, 2000)])
def test_the_scale_ends_just_above_the_highest(highest, most):
    chart = Chart([Span(datetime(2026, 11, 1, tzinfo=UTC), signed=highest, confirmed=0)])
    assert chart.most == most
