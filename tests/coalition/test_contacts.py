"""Who speaks for a member: found by address, whatever its spelling, and followed by another."""

import json
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from coalition import revisions
from coalition.models import Member, Revision
from common.models import AuditEntry, OutboxMessage
from tests.coalition.cast import (
    ADMIN,
    a_member,
    a_moderator,
    an_applicant,
    edit_page,
    entry,
    link_in,
    mailed,
    picture,
    uploaded,
)

pytestmark = pytest.mark.django_db
QUEUE = "/admin/coalition/revision/"

SPELLINGS = ["Pat@Example.org", "pat+news@example.org", "pat@EXAMPLE.org", "pat+a+b@example.org"]


@pytest.mark.parametrize("kept", SPELLINGS)
@pytest.mark.parametrize("typed", SPELLINGS)
def test_every_spelling_of_an_address_leads_to_its_members(kept, typed):
    member = a_member(contact_email=kept)
    an_applicant("Other Sample", contact_email="robin@example.org")
    assert list(Member.objects.with_contact(typed)) == [member]


def test_domains_are_found_in_both_their_forms():
    member = a_member(contact_email="ana@bücher.example")
    assert Member.objects.with_contact("ana@xn--bcher-kva.example").get() == member


def test_contacts_are_found_through_an_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "member_contact" in Member.objects.with_contact("pat@example.org").explain()


def test_commands_about_a_person_name_the_members_they_speak_for(capsys):
    a_member(contact_email="Pat+x@example.org")
    an_applicant("Other Sample", contact_email="robin@example.org")
    call_command("export_person", "pat@example.org")
    (entry,) = json.loads(capsys.readouterr().out)["coalition_entries_as_contact"]
    assert entry["name"] == "Example Co."
    call_command("erase_person", "pat@example.org")
    told = capsys.readouterr().out
    assert "contact of coalition member example-co (approved)" in told
    assert "other-sample" not in told


@pytest.fixture
def mia(client):
    moderator = a_moderator("mia")
    client.force_login(moderator)
    return moderator


def name_robin(client, member, **changes):
    robin = {
        "contact_name": "Robin Example",
        "contact_role": "Successor",
        "contact_email": "robin@example.org",
    }
    return client.post(edit_page(member), entry(**robin | changes))


def prove(client):
    """Robin presses the button in the mail."""
    page = link_in(mail_to("robin@example.org"), "contact")
    return client.post(page)


def mail_to(address):
    (sent,) = [message for message in mailed() if message.to == [address]]
    return sent


def decide(client, revision, button, **typed):
    return client.post(f"{QUEUE}{revision.pk}/decide/", {button: "", **typed}, follow=True).text


def test_another_contact_takes_over_once_the_address_has_proved_itself_and_staff_agree(client, mia):
    member = a_member(reminders_stopped_at=timezone.now())
    assert name_robin(client, member).status_code == 303
    asked, told = sorted(mailed(), key=lambda message: message.to, reverse=True)
    assert (asked.to, asked.subject) == (["robin@example.org"], "Will you speak for Example Co.?")
    assert (told.to, told.subject) == (["pat@example.org"], "Another contact for Example Co.?")
    assert "robin@example.org" in told.body
    assert "We wrote to robin@example.org" in client.get(edit_page(member)).text
    assert not Revision.objects.awaiting_moderation().exists()

    page = link_in(asked, "contact")
    assert "I may speak for them" in client.get(page).text
    assert not Revision.objects.awaiting_moderation().exists()
    response = client.post(page)
    assert response.status_code == 303
    assert "Your address is confirmed" in client.get(response["Location"]).text
    revision = Revision.objects.awaiting_moderation().get()
    desk = client.get(f"{QUEUE}{revision.pk}/change/").text
    assert "<del>pat@example.org</del><ins>robin@example.org</ins>" in desk
    assert "The new contact confirmed the address" in desk
    assert Member.objects.get().contact_email == "pat@example.org"

    decide(client, revision, "_approve")
    member.refresh_from_db()
    assert (member.contact_name, member.contact_role) == ("Robin Example", "Successor")
    assert Member.objects.with_contact("ROBIN@example.org").get() == member
    assert member.contact_confirmed_at == member.authority_confirmed_at
    assert member.contact_confirmed_at == revision.contact_confirmed_at
    assert member.reminders_stopped_at is None
    sent = {message.to[0]: message for message in mailed()}
    assert sent["pat@example.org"].subject == "Example Co. has another contact now"
    assert "robin@" not in sent["pat@example.org"].body
    assert client.get(link_in(sent["robin@example.org"], "edit")).status_code == 200


def test_every_link_of_the_contact_before_ends_with_the_hand_over(client, mia):
    member = a_member()
    before = [f"/coalition/{page}/{member.token(page)}/" for page in ("edit", "reaffirm", "stop")]
    name_robin(client, member)
    prove(client)
    assert [client.get(path).status_code for path in before] == [200, 200, 200]
    decide(client, Revision.objects.get(), "_approve")
    assert [client.get(path).status_code for path in before] == [404, 404, 404]
    client.post("/coalition/link/", {"email": "pat@example.org"})
    assert [message.to for message in mailed() if "The link to" in message.subject] == []


def test_nobody_takes_over_without_proof(client, mia):
    name_robin(client, a_member())
    revision = Revision.objects.get()
    unproven = client.get(QUEUE, {"state": "unproven"})
    assert list(unproven.context["cl"].result_list) == [revision]
    desk = client.get(f"{QUEUE}{revision.pk}/change/").text
    assert "has not confirmed the address yet" in desk
    assert 'name="_approve"' not in desk
    assert "has not confirmed the address yet" in decide(client, revision, "_approve")
    client.post(QUEUE, {"action": "approve", "_selected_action": [revision.pk]})
    assert Member.objects.get().contact_email == "pat@example.org"
    assert Revision.objects.get().status == "pending"


@pytest.mark.parametrize(
    "forge",
    [
        lambda token, member: token[:-2] + "xx",
        lambda token, member: member.token("edit"),
        lambda token, member: member.token("contact"),
        lambda token, member: a_member("Other Sample").token("contact"),
    ],
)
def test_nobody_proves_an_address_without_its_mail(client, forge):
    member = a_member()
    name_robin(client, member)
    token = forge(Revision.objects.get().token("contact"), member)
    assert client.post(f"/coalition/contact/{token}/").status_code == 404
    assert Revision.objects.get().contact_confirmed_at is None


def test_a_proof_is_for_the_address_it_was_mailed_to(client):
    member = a_member()
    name_robin(client, member)
    page = link_in(mail_to("robin@example.org"), "contact")
    name_robin(client, member, contact_email="sam@example.org")
    assert client.post(page).status_code == 404
    name_robin(client, member, statement="Other words, the same contact.")
    assert client.post(page).status_code == 303
    assert Revision.objects.awaiting_moderation().exists()


def test_a_later_change_keeps_the_proof_of_the_same_address_and_warns_only_once(client):
    member = a_member()
    name_robin(client, member)
    prove(client)
    name_robin(client, member, statement="Other words.")
    revision = Revision.objects.awaiting_moderation().get()
    assert revision.proposed["statement"] == "Other words."
    assert mailed() == []


def test_the_contact_of_today_can_take_the_change_back(client, mia):
    member = a_member()
    name_robin(client, member)
    page = link_in(mail_to("robin@example.org"), "contact")
    assert "Take the changes back" in client.get(edit_page(member)).text
    response = client.post(f"{edit_page(member)}take-back/")
    assert response.status_code == 303
    assert "Take the changes back" not in client.get(response["Location"]).text
    assert client.post(page).status_code == 404
    assert Revision.objects.get().status == "taken_back"
    assert "“Taken back by the contact”" in decide(client, Revision.objects.get(), "_approve")


def test_a_stranger_takes_nothing_back(client):
    member = a_member()
    name_robin(client, member)
    assert client.post(f"/coalition/edit/{member.token('stop')}/take-back/").status_code == 404
    assert client.get(f"{edit_page(member)}take-back/").status_code == 405
    assert Revision.objects.get().status == "pending"


@pytest.mark.parametrize("button", ["_approve", "_decline"])
def test_whom_a_decided_change_named_is_not_kept(client, mia, button):
    name_robin(client, a_member(), statement="Other words.")
    prove(client)
    decide(client, Revision.objects.get(), button, reason="No")
    assert Revision.objects.get().proposed == {"statement": "Other words."}


def test_the_warning_does_not_count_against_the_cap_of_the_address(client, settings):
    member = a_member()
    for _ in range(settings.MAILS_PER_ADDRESS_PER_DAY):
        client.post("/coalition/link/", {"email": "pat@example.org"})
    mailed()
    name_robin(client, member)
    assert mail_to("pat@example.org").subject == "Another contact for Example Co.?"


def test_nobody_is_flooded_with_requests_to_speak(client, settings, time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)
    member = a_member()
    for number in range(settings.MAILS_PER_ADDRESS_PER_DAY + 2):
        time_machine.shift(timedelta(minutes=1))
        name_robin(client, member, statement=f"Words {number}")
    asked = OutboxMessage.objects.filter(recipient="robin@example.org")
    assert asked.count() == settings.MAILS_PER_ADDRESS_PER_DAY


def test_a_new_name_or_role_needs_no_proof(client):
    name_robin(client, a_member(), contact_email="pat@example.org")
    assert Revision.objects.awaiting_moderation().exists()
    assert mailed() == []


def test_a_contact_who_never_confirms_is_forgotten_with_the_logo(client, settings):
    member = a_member()
    logo = uploaded(picture())
    name_robin(client, member, logo=logo, logo_alt="Wheels")
    kept = a_member("Kept Sample")
    client.post(edit_page(kept), entry(name="Kept Sample", statement="Waits for staff"))
    later = timezone.now() + timedelta(days=settings.UNCONFIRMED_KEPT_DAYS, minutes=1)
    assert revisions.purge(now=later, dry_run=True) == 1
    assert len(default_storage.listdir("logos")[1]) == 4
    assert revisions.purge(now=later) == 1
    assert default_storage.listdir("logos")[1] == []
    assert [revision.member for revision in Revision.objects.all()] == [kept]


@pytest.mark.parametrize("bad", ["", "robin", "robin@example"])
def test_a_contact_needs_an_address(client, bad):
    response = name_robin(client, a_member(), contact_email=bad)
    assert response.status_code == 422
    assert "Robin Example" in response.text
    assert not Revision.objects.exists()


# --- staff name another contact -------------------------------------------------------------


def test_staff_name_another_contact_who_proves_the_address_all_the_same(client, mia):
    member = a_member()
    client.post(edit_page(member), entry(statement="Waits already."))
    page = f"{ADMIN}{member.pk}/contact/"
    assert page in client.get(f"{ADMIN}{member.pk}/change/").text
    assert 'value="pat@example.org"' in client.get(page).text
    robin = {"contact_name": "Robin", "contact_role": "Head", "contact_email": "robin@example.org"}
    assert "The change waits" in client.post(page, robin, follow=True).text
    assert AuditEntry.objects.filter(actor=mia, action="contact_named").exists()
    prove(client)
    revision = Revision.objects.awaiting_moderation().get()
    assert revision.proposed == robin | {"statement": "Waits already."}
    decide(client, revision, "_approve")
    assert Member.objects.get().contact_email == "robin@example.org"


def test_a_mistake_on_the_page_keeps_what_staff_typed(client, mia):
    member = a_member()
    response = client.post(f"{ADMIN}{member.pk}/contact/", {"contact_name": "Robin"})
    assert response.status_code == 422
    assert 'value="Robin"' in response.text
    assert not Revision.objects.exists()


def test_only_who_may_decide_names_contacts_and_only_of_members(client):
    viewer = a_moderator("vera")
    viewer.user_permissions.remove(*viewer.user_permissions.filter(codename="change_member"))
    path = f"{ADMIN}{a_member().pk}/contact/"
    assert client.get(path).status_code == 302
    client.force_login(viewer)
    assert client.get(path).status_code == 403
    client.force_login(a_moderator("mia"))
    applicant = an_applicant("Other Sample")
    assert client.get(f"{ADMIN}{applicant.pk}/contact/").status_code == 404
    assert client.get(f"{ADMIN}{applicant.pk + 1}/contact/").status_code == 404


def test_a_contact_of_a_member_that_somebody_deletes_meanwhile_is_not_found(client, monkeypatch):
    client.force_login(a_moderator())
    page = f"{ADMIN}{a_member().pk}/contact/"
    name_contact = revisions.name_contact

    def too_late(*args, **facts):
        Member.objects.all().delete()
        return name_contact(*args, **facts)

    monkeypatch.setattr(revisions, "name_contact", too_late)
    robin = {
        "contact_name": "Robin",
        "contact_role": "Sample",
        "contact_email": "robin@example.org",
    }
    assert client.post(page, robin).status_code == 404
