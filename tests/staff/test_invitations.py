"""Colleagues come in by a link in a mail, once."""

from datetime import timedelta
from http import HTTPStatus
from threading import Barrier, Thread

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from common import addresses, outbox
from common.models import AuditEntry, SuppressedAddress
from flexpledge.staff import invitations, links
from tests.staff.cast import a_colleague, an_app_of, an_owner, signed_in
from tests.staff.test_signing_in import SECOND, is_in, sign_in

pytestmark = pytest.mark.django_db
NEW = {"new_password1": "quite a new secret", "new_password2": "quite a new secret"}
OVER = "This link no longer works"


@pytest.fixture(autouse=True)
def second_factor_is_asked_for(settings):
    settings.STAFF_MFA = True


def mailed_link():
    """The path of the one link to choose a password that was mailed."""
    outbox.deliver_due(now=timezone.now())
    (found,) = [
        line
        for one in mail.outbox
        for line in one.body.splitlines()
        if "/admin/account/password/choose/" in line
    ]
    return found.partition("127.0.0.1:8000")[2]


def invited(address="sam@example.org", *groups):
    invitations.invite(address, groups or ["Moderator"], actor=None, now=timezone.now())
    return mailed_link()


def run(capsys, *arguments):
    call_command("invite_staff", *arguments)
    return capsys.readouterr().out


# --- by command -----------------------------------------------------------------------------------


def test_the_command_makes_an_account_without_password_and_says_so(capsys):
    said = run(capsys, "Sam@example.org", "--group", "Moderator", "--group", "Editor")
    assert "Sam@example.org is invited" in said
    sam = User.objects.get()
    assert sam.username == "sam@example.org"
    assert sam.is_staff
    assert not sam.is_superuser
    assert not sam.has_usable_password()
    assert {group.name for group in sam.groups.all()} == {"Moderator", "Editor"}
    outbox.deliver_due(now=timezone.now())
    assert mail.outbox[0].to == ["Sam@example.org"]


def test_inviting_again_sends_a_new_link_and_makes_no_second_account(capsys):
    run(capsys, "sam@example.org", "--group", "Moderator")
    assert "was invited before" in run(capsys, "SAM@example.org", "--group", "Moderator")
    assert User.objects.count() == 1
    outbox.deliver_due(now=timezone.now())
    assert len(mail.outbox) == 2


def test_who_has_an_account_gets_the_group_and_no_mail(capsys):
    sam = a_colleague("sam", "Moderator")
    assert "has an account already" in run(capsys, "sam@example.org", "--group", "Editor")
    assert {group.name for group in sam.groups.all()} == {"Moderator", "Editor"}
    assert not outbox.deliver_due(now=timezone.now())


def test_an_address_that_takes_no_mail_is_told(capsys):
    SuppressedAddress.objects.create(
        address_hash=addresses.keyed_hash("sam@example.org"), created_at=timezone.now()
    )
    assert "takes no mail from us" in run(capsys, "sam@example.org", "--group", "Moderator")


@pytest.mark.parametrize("arguments", [["no address", "--group", "Editor"], ["a@example.org"]])
def test_the_command_refuses_what_is_no_address_or_names_no_group(arguments):
    with pytest.raises(CommandError):
        call_command("invite_staff", *arguments)


def test_the_trail_tells_who_invited_whom():
    boss = an_owner()
    invitations.invite("sam@example.org", ["Editor"], actor=boss, now=timezone.now())
    entry = AuditEntry.objects.get(action="invited")
    assert (entry.actor_name, entry.label) == ("owner", "sam@example.org")
    assert entry.details == {"groups": ["Editor"]}


# --- the link -------------------------------------------------------------------------------------


def test_the_link_leads_through_a_password_to_the_second_factor_and_no_further(client):
    link = invited()
    assert client.get(link).status_code == HTTPStatus.OK
    assert client.get(link).status_code == HTTPStatus.OK  # scanners of mail look, too
    assert client.post(link, NEW)["Location"] == "/admin/"
    assert client.get("/admin/")["Location"] == "/admin/account/"
    assert client.get("/admin/account/app/").status_code == HTTPStatus.OK  # no password once more
    assert sign_in(Client(), "sam@example.org", NEW["new_password1"]).status_code == 302


def test_the_link_works_once(client):
    link = invited()
    client.post(link, NEW)
    for answer in (Client().get(link), Client().post(link, NEW)):
        assert answer.status_code == HTTPStatus.NOT_FOUND
        assert OVER in answer.text


@pytest.mark.parametrize(
    "damage", [lambda t: t[:-5], lambda t: "x" + t, lambda t: t.replace(":", "")]
)
def test_a_damaged_link_is_answered_helpfully(client, damage):
    folder, token = invited().rstrip("/").rsplit("/", 1)
    answer = client.get(f"{folder}/{damage(token)}/")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert OVER in answer.text


def test_an_invitation_ends_after_a_week(client):
    link = invited()
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        assert client.get(link).status_code == HTTPStatus.OK
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert client.get(link).status_code == HTTPStatus.NOT_FOUND


def test_a_link_for_a_forgotten_password_ends_after_two_hours(client):
    a_colleague("sam")
    client.post("/admin/account/password/forgotten/", {"email": "sam@example.org"})
    link = mailed_link()
    with time_machine.travel(timezone.now() + timedelta(hours=2, minutes=1)):
        assert client.get(link).status_code == HTTPStatus.NOT_FOUND
    assert client.get(link).status_code == HTTPStatus.OK


def test_a_new_password_signs_out_everywhere_and_asks_for_the_second_factor(client):
    sam = a_colleague("sam")
    elsewhere = signed_in(sam)
    an_app_of(sam)
    until = timezone.now() + links.RESET_VALID
    answer = client.post(f"/admin/account/password/choose/{links.make(sam, until=until)}/", NEW)
    assert answer["Location"] == SECOND
    assert not is_in(elsewhere)
    assert not is_in(client)


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": "other@example.org"}])
def test_a_link_ends_with_what_it_was_made_for(client, change):
    link = invited()
    User.objects.update(**change)
    assert client.get(link).status_code == HTTPStatus.NOT_FOUND


def test_a_weak_password_is_sent_back_with_reasons(client):
    link = invited()
    answer = client.post(link, {"new_password1": "password", "new_password2": "password"})
    assert "at least 12 characters" in answer.text
    assert "too common" in answer.text
    assert client.post(link, NEW).status_code == HTTPStatus.FOUND


@pytest.mark.django_db(transaction=True)
def test_of_twelve_at_one_instant_one_chooses_the_password():
    link = invited()
    together = Barrier(12)
    answers = []

    def choose(number):
        secret = f"secret number {number} of twelve"
        client = Client()
        client.get(link)
        together.wait()
        form = {"new_password1": secret, "new_password2": secret}
        answers.append((client.post(link, form).status_code, secret))
        connections.close_all()

    threads = [Thread(target=choose, args=[number]) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [secret for status, secret in answers if status == HTTPStatus.FOUND]
    assert User.objects.get().check_password(winner)


def test_a_mail_for_an_address_that_only_looks_like_ours_goes_to_ours(client):
    a_colleague("mike", email="mike@example.org")
    client.post("/admin/account/password/forgotten/", {"email": "MIKE@EXAMPLE.ORG"})
    outbox.deliver_due(now=timezone.now())
    assert mail.outbox[0].to == ["mike@example.org"]


# --- by a Manager ---------------------------------------------------------------------------------

ADD = "/admin/auth/user/add/"


def groups_offered(page):
    return {name for name in ("Moderator", "Editor", "Manager") if f" {name}</label>" in page}


def test_a_manager_invites_in_the_admin():
    manager = signed_in(a_colleague("mia", "Manager"))
    moderator = User.groups.field.related_model.objects.get(name="Moderator")
    answer = manager.post(ADD, {"email": "sam@example.org", "groups": [moderator.pk]}, follow=True)
    assert "Sam@example.org is invited" in answer.text
    assert User.objects.get(username="sam@example.org").groups.get() == moderator


def test_inviting_without_group_or_address_is_sent_back():
    manager = signed_in(a_colleague("mia", "Manager"))
    answer = manager.post(ADD, {"email": "nonsense"})
    assert "in the format name@example.com" in answer.text
    assert not User.objects.exclude(username="mia").exists()
