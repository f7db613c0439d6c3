"""A moderator asks before deciding; the applicant answers through a link in the mail."""

import pytest
from django.utils import timezone

from coalition import decisions
from coalition.models import DeclineReason, Member
from common.models import OutboxMessage
from tests.coalition.cast import ADMIN, a_member, a_moderator, an_applicant, link_in, mailed

pytestmark = pytest.mark.django_db


@pytest.fixture
def mia(client):
    moderator = a_moderator("mia")
    client.force_login(moderator)
    return moderator


def press(client, member, button, seen="pending:0", **typed):
    answers = {button: "", "seen": f"{member.pk}:{seen}", **typed}
    return client.post(f"{ADMIN}{member.pk}/decide/", answers, follow=True).text


def waiting():
    return [member.name for member in Member.objects.awaiting_moderation()]


def test_a_question_goes_out_and_the_answer_brings_the_application_back(client, mia):
    member = an_applicant()
    assert "the question is on its way" in press(client, member, "_ask", text="For whom?")
    assert waiting() == []
    assert client.get(ADMIN, {"state": "asked"}).context["cl"].result_count == 1
    (question,) = mailed()
    assert "For whom?" in question.body
    path = link_in(question, "answer")
    page = client.get(path)
    assert "For whom?" in page.text
    assert page["Cache-Control"] == "no-store"
    assert waiting() == []
    assert client.post(path, {"answer": "For everybody."}).status_code == 303
    assert waiting() == ["Example Co."]
    desk = client.get(f"{ADMIN}{member.pk}/change/").text
    assert "For everybody." in desk
    assert "mia" in desk


def test_an_answer_is_taken_once(client, mia):
    member = an_applicant()
    decisions.ask(member, actor=mia, now=timezone.now(), text="For whom?")
    path = f"/coalition/answer/{member.token('answer')}/"
    client.post(path, {"answer": "First"})
    client.post(path, {"answer": "Second"})
    assert member.questions.get().answer == "First"
    assert "No question is open" in client.get(path).text


def test_an_empty_or_hostile_answer_gets_a_422_and_a_trap_keeps_nothing(client, mia):
    member = an_applicant()
    decisions.ask(member, actor=mia, now=timezone.now(), text="For whom?")
    path = f"/coalition/answer/{member.token('answer')}/"
    for words in ("", "<b>bold</b>", "x" * 2001):
        assert client.post(path, {"answer": words}).status_code == 422
    assert client.post(path, {"answer": "Spam", "leave_empty": "x"}).status_code == 303
    assert member.questions.get().answered_at is None
    elsewhere = client.post(path, {"answer": "x"}, headers={"sec-fetch-site": "cross-site"})
    assert elsewhere.status_code == 403


def test_the_second_moderator_is_told_of_a_question_they_did_not_see(client, mia):
    member = an_applicant()
    decisions.ask(member, actor=a_moderator("noor"), now=timezone.now(), text="For whom?")
    for button, typed in [
        ("_approve", {}),
        ("_decline", {"reason": "No"}),
        ("_ask", {"text": "?"}),
    ]:
        told = press(client, member, button, **typed)
        assert "Example Co.: noor asked on" in told
        assert "For whom?" in told
    assert Member.objects.get().status == "pending"
    assert OutboxMessage.objects.count() == 1


def test_who_saw_the_question_may_decide_without_the_answer(client, mia):
    member = an_applicant()
    question = decisions.ask(member, actor=mia, now=timezone.now(), text="For whom?")
    press(client, member, "_approve", seen=f"pending:{question.pk}")
    assert Member.objects.get().status == "approved"
    assert [sent.subject for sent in mailed()] == ["Example Co. is in the coalition"]
    assert "is decided" in client.get(f"/coalition/answer/{member.token('answer')}/").text


def test_only_applications_can_be_asked(client, mia):
    member = a_member()
    assert "_ask" not in client.get(f"{ADMIN}{member.pk}/change/").text
    press(client, member, "_ask", seen="approved:0", text="For whom?")
    assert not member.questions.exists()


def test_a_question_needs_words(client, mia):
    assert "Write the question first" in press(client, an_applicant(), "_ask", text=" ")


def test_notes_stay_among_moderators(client, mia):
    member = a_member()
    press(client, member, "_note", seen="approved:0", note="Met them in May.")
    assert "Met them in May." in client.get(f"{ADMIN}{member.pk}/change/").text
    assert "Met them" not in client.get(member.get_absolute_url()).text
    assert mailed() == []
    assert "Write the note first" in press(client, member, "_note", note="")


def test_a_reason_is_chosen_from_the_list_that_staff_keep(admin_client):
    member = an_applicant()
    staff = admin_client
    typed = {"name": "Too new", "text": "Come back in a year.", "position": 9}
    staff.post("/admin/coalition/declinereason/add/", typed)
    chosen = DeclineReason.objects.get(name="Too new")
    page = staff.get(f"{ADMIN}{member.pk}/change/").text
    assert f'<option value="{chosen.pk}">6. Too new</option>' in page
    press(staff, member, "_decline", listed_reason=chosen.pk, reason="See you!")
    (sent,) = mailed()
    assert "Come back in a year.\n\nSee you!" in sent.body


def test_there_are_reasons_from_the_start(client, mia):
    assert "Cannot tell who speaks" in client.get(f"{ADMIN}{an_applicant().pk}/change/").text
