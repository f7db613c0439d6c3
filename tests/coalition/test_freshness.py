"""Once a year a member says that its entry is still true; who does not lapses, and may return."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from coalition import freshness
from coalition.models import AFFIRMED_FOR, FORMER_SHOWN_FOR, Member
from common.models import AuditEntry
from tests.coalition.cast import a_member, an_applicant, link_in, mailed

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = timedelta(days=1)


def joined(days_ago, **facts):
    return a_member(approved_at=NOW - days_ago * DAY, **facts)


def keep(days=0):
    return freshness.keep(now=NOW + days * DAY)


def test_reminders_come_thirty_and_seven_days_before_and_each_once():
    joined(365 - 31)
    counts = [keep(days)["reminded"] for days in (0, 1, 1, 2, 24, 24, 25)]
    assert counts == [0, 1, 0, 0, 1, 0, 0]
    assert [sent.subject for sent in mailed(NOW + 99 * DAY)] == [
        "Is this still true of Example Co.?"
    ] * 2


def test_a_reminder_can_be_stopped_with_one_click(client):
    member = joined(350)
    keep()
    (sent,) = mailed()
    stop = link_in(sent, "stop")
    assert sent.extra_headers["List-Unsubscribe"].endswith(f"{stop}>")
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    client.get(stop)
    assert Member.objects.get().reminders_stopped_at is None
    assert client.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 303
    assert "No more reminders" in client.get(stop).text
    assert keep(10) == {"reminded": 0, "lapsed": 0}
    assert keep(16)["lapsed"] == 1
    assert mailed() == []
    assert member.pk == Member.objects.get(status="lapsed").pk


def test_one_press_keeps_a_member_for_another_year_and_looking_does_not(client):
    joined(350)
    keep()
    (sent,) = mailed()
    path = link_in(sent, "reaffirm")
    assert "<button" in client.get(path).text
    assert Member.objects.get().reaffirmed_at is None
    response = client.post(path)
    assert response.status_code == 303
    assert "listed for another year" in client.get(response["Location"]).text
    assert keep(30) == {"reminded": 0, "lapsed": 0}
    assert "Last reaffirmed" in client.get("/coalition/example-co/").text


def test_who_does_not_answer_lapses_is_shown_as_former_and_then_hidden(client):
    member = joined(359, name="Quiet Works")
    assert keep(0)["reminded"] == 1
    assert keep(6) == {"reminded": 0, "lapsed": 0}
    assert keep(8)["lapsed"] == 1
    assert keep(9) == {"reminded": 0, "lapsed": 0}
    page = client.get("/coalition/")
    assert list(page.context["page"]) == []
    assert "Quiet Works" in page.text
    former = client.get(member.get_absolute_url()).text
    assert "A former member" in former
    assert '<meta name="robots" content="noindex">' in former
    assert "ld+json" not in former
    Member.objects.update(lapsed_at=timezone.now() - FORMER_SHOWN_FOR)
    assert client.get(member.get_absolute_url()).status_code == 404
    assert "Quiet Works" not in client.get("/coalition/").text
    decision = AuditEntry.objects.get()
    assert (decision.actor, decision.action) == (None, "lapsed")
    assert decision.why == "Not reaffirmed within a year"


def test_a_lapsed_member_returns_with_one_press(client):
    member = joined(500)
    keep(0)
    keep(8)
    sent = mailed(NOW + 9 * DAY)[-1]
    assert sent.subject == "Example Co. is listed as a former member"
    assert "List-Unsubscribe" in sent.extra_headers
    client.post(link_in(sent, "reaffirm"))
    returned = Member.objects.get()
    assert (returned.status, returned.lapsed_at) == ("approved", None)
    assert returned.approved_at == member.approved_at
    assert keep(20) == {"reminded": 0, "lapsed": 0}


def test_nobody_lapses_without_a_week_s_notice_however_late_the_worker():
    joined(900)
    assert keep(0) == {"reminded": 1, "lapsed": 0}
    assert keep(6)["lapsed"] == 0
    assert keep(7)["lapsed"] == 1


def test_the_year_starts_anew_with_each_affirmation():
    member = joined(900)
    freshness.reaffirm(member, now=NOW)
    member.refresh_from_db()
    assert member.affirmed_until == NOW + AFFIRMED_FOR
    assert keep(340) == {"reminded": 1, "lapsed": 0}


@pytest.mark.parametrize("status", ["pending", "declined"])
def test_pressing_lists_nobody_whom_staff_did_not_list(client, status):
    member = an_applicant(status=status)
    assert client.post(f"/coalition/reaffirm/{member.token('reaffirm')}/").status_code == 404
    assert freshness.reaffirm(member, now=NOW) is False
    assert Member.objects.get().status == status


def test_pressing_twice_is_harmless(client):
    member = joined(350)
    for _ in range(2):
        assert client.post(f"/coalition/reaffirm/{member.token('reaffirm')}/").status_code == 303
    assert Member.objects.get().status == "approved"


def test_the_worker_keeps_members_fresh():
    a_member(approved_at=timezone.now() - 350 * DAY)
    call_command("worker", once=True)
    assert Member.objects.get().reminded_at is not None
