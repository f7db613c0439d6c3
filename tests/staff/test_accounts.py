"""What Managers may do with the accounts of colleagues, and what nobody may."""

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.utils import timezone

from common import outbox
from common.models import AuditEntry
from flexpledge.models import Session
from tests.staff.cast import a_colleague, an_app_of, an_owner, signed_in
from tests.staff.test_signing_in import LOGIN, SECOND, is_in, sign_in

pytestmark = pytest.mark.django_db
USERS = "/admin/auth/user/"


@pytest.fixture(autouse=True)
def second_factor_is_asked_for(settings):
    settings.STAFF_MFA = True


@pytest.fixture
def mia():
    """A Manager, signed in."""
    return signed_in(a_colleague("mia", "Manager"))


def page_of(colleague):
    return f"{USERS}{colleague.pk}/change/"


def saved(client, colleague, *groups, **changes):
    """Sends the form as the browser would, with these groups ticked."""
    fields = {"first_name": "", "last_name": "", "is_active": "on", **changes}
    keys = Group.objects.filter(name__in=groups).values_list("pk", flat=True)
    sent = {name: value for name, value in fields.items() if value is not None}
    answer = client.post(page_of(colleague), sent | {"groups": list(keys)})
    colleague.refresh_from_db()
    return answer


def test_the_list_tells_groups_state_and_second_factor(mia, django_assert_max_num_queries):
    an_app_of(a_colleague("robin", "Editor"))
    a_colleague("gone", is_active=False)
    User.objects.create(username="fresh", is_staff=True, password="!")
    with django_assert_max_num_queries(15):
        page = mia.get(USERS).text
    for word in ("Editor", "Deactivated", "Invited", "Active"):
        assert f">{word}<" in page


@pytest.mark.parametrize("many", [2, 20])
def test_the_list_costs_the_same_for_few_and_many(mia, django_assert_num_queries, many):
    for number in range(many):
        a_colleague(f"colleague{number}", "Editor")
    with django_assert_num_queries(9):
        mia.get(USERS)


def test_nobody_sees_a_password_hash_or_a_secret(mia):
    robin = a_colleague("robin")
    an_app_of(robin)
    for client in (mia, signed_in(an_owner())):
        page = client.get(page_of(robin)).text
        assert robin.password not in page
        assert "algorithm" not in page
        assert 'name="password"' not in page


def test_a_manager_gives_and_takes_groups(mia):
    robin = a_colleague("robin", "Editor")
    saved(mia, robin, "Moderator", "Manager")
    assert {group.name for group in robin.groups.all()} == {"Moderator", "Manager"}


def test_a_manager_makes_no_owner_and_touches_none(mia):
    robin, boss = a_colleague("robin"), an_owner()
    saved(mia, robin, is_superuser="on", user_permissions=["1"], is_staff="")
    assert not robin.is_superuser
    assert robin.is_staff
    assert not robin.user_permissions.exists()
    assert saved(mia, boss).status_code == 403
    for action in ("link", "reset-second-factor"):
        assert mia.post(f"{USERS}{boss.pk}/{action}/", {"why": "x"}).status_code == 403


def test_not_even_a_deactivated_owner_is_a_managers_to_wake(mia):
    boss = an_owner()
    User.objects.filter(pk=boss.pk).update(is_active=False)
    assert saved(mia, boss).status_code == 403


def test_a_manager_changes_no_address_that_a_link_could_go_to(mia):
    robin = a_colleague("robin")
    saved(mia, robin, email="mia@example.org", username="other")
    assert (robin.email, robin.username) == ("robin@example.org", "robin")


def test_who_may_do_less_gives_no_rights_beyond_their_own():
    lead = a_colleague("lead", "Moderator")
    names = ("view_user", "add_user", "change_user")
    lead.user_permissions.set(
        Group.objects.get(name="Manager").permissions.filter(codename__in=names)
    )
    client, robin, mia = signed_in(lead), a_colleague("robin"), a_colleague("mia", "Manager")
    saved(client, robin, "Moderator", "Manager")
    assert not robin.groups.exists()  # the whole form is sent back
    saved(client, robin, "Moderator")
    assert [group.name for group in robin.groups.all()] == ["Moderator"]
    assert saved(client, mia).status_code == 403
    editor = Group.objects.get(name="Editor")
    client.post(f"{USERS}add/", {"email": "new@example.org", "groups": [editor.pk]})
    assert not User.objects.filter(email="new@example.org").exists()


def test_an_owner_makes_another_and_keeps_being_one(mia):
    boss, robin = an_owner(), a_colleague("robin")
    client = signed_in(boss)
    named = {"username": "robin", "email": "robin@example.org"}
    saved(client, robin, is_superuser="on", **named)
    assert robin.is_superuser
    saved(client, boss, username="owner", email="owner@example.org", is_active=None)
    assert boss.is_superuser
    assert boss.is_active


def test_a_deactivated_colleague_is_out_at_once(mia):
    robin = a_colleague("robin", "Editor")
    client = signed_in(robin)
    saved(mia, robin, "Editor", is_active=None)
    assert not is_in(client)
    assert not Session.objects.filter(user=robin).exists()


def test_nobody_deletes_an_account(mia):
    robin = a_colleague("robin")
    for client in (mia, signed_in(an_owner())):
        assert client.post(f"{USERS}{robin.pk}/delete/", {"post": "yes"}).status_code == 403


# --- a lost second factor -------------------------------------------------------------------------


def reset(client, colleague, why="Telephone fell into the sea; we spoke"):
    return client.post(f"{USERS}{colleague.pk}/reset-second-factor/", {"why": why}, follow=True)


def test_a_manager_resets_a_lost_second_factor(mia):
    robin = a_colleague("robin")
    an_app_of(robin)
    elsewhere = signed_in(robin)
    assert "a new second factor is set up at the next login" in reset(mia, robin).text
    assert not is_in(elsewhere)
    assert (
        signed_in(robin, with_second_factor=False).get("/admin/")["Location"] == "/admin/account/"
    )
    entry = AuditEntry.objects.get(action="second_factor_reset")
    assert (entry.actor_name, entry.label) == ("mia", "robin")
    assert entry.why == "Telephone fell into the sea; we spoke"
    outbox.deliver_due(now=timezone.now())
    (told,) = mail.outbox
    assert told.to == ["robin@example.org"]
    assert "A colleague reset your second factor." in told.body


def test_who_waits_for_it_at_the_door_begins_anew(mia, client):
    robin = a_colleague("robin")
    an_app_of(robin)
    assert sign_in(client, "robin")["Location"] == SECOND
    reset(mia, robin)
    page = client.get(SECOND, follow=True)
    assert page.redirect_chain == [(LOGIN, 302)]
    assert sign_in(client, "robin")["Location"] == "/admin/"


def test_resetting_needs_a_reason(mia):
    robin = a_colleague("robin")
    an_app_of(robin)
    assert "Say why first" in reset(mia, robin, why=" ").text
    assert robin.authenticator_set.exists()


def test_a_manager_sends_a_link_to_choose_a_password(mia):
    robin = a_colleague("robin")
    answer = mia.post(f"{USERS}{robin.pk}/link/", follow=True)
    assert "on its way" in answer.text
    outbox.deliver_due(now=timezone.now())
    (sent,) = mail.outbox
    assert "/admin/account/password/choose/" in sent.body
