"""Somebody asks staff for help: they find the record, and do what was asked, with the reason."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from common import outbox
from common.models import AuditEntry, OutboxMessage
from pledges import housekeeping
from pledges.models import NewAddress, Pledge, Tally
from tests.pledges.people import a_pledge, a_supporter
from tests.staff.cast import a_colleague

pytestmark = pytest.mark.django_db
WHY = "Asked by mail from the address itself."


def page_of(pledge, what="change"):
    return f"/admin/pledges/pledge/{pledge.pk}/{what}/"


def ask(client, pledge, what, **typed):
    return client.post(page_of(pledge, what), {"why": WHY, **typed}, follow=True)


def correct(client, pledge, **typed):
    told = {"name": pledge.name, "email": pledge.email, "country": pledge.country}
    return ask(client, pledge, "correct", **told | typed)


def trail():
    return list(AuditEntry.objects.values_list("actor_name", "action", "why"))


def delivered():
    mail.outbox.clear()
    outbox.deliver_due(now=timezone.now())
    return mail.outbox


def path_in(message, name):
    """The path of the link in a mail that leads to pages of this name."""
    words = message.body.split()
    (address,) = [word for word in words if f"/{name}/" in word]
    return address[address.index("/pledge/") :]


def test_the_record_shows_the_whole_history_of_a_pledge(admin_client):
    sam = a_supporter("sam@example.org", name="Sam Example")
    pledge = a_supporter(referrer=sam, reason="Why not.", source="newsletter")
    friend = a_supporter("ana@example.org", referrer=pledge)
    page = admin_client.get(page_of(pledge)).content.decode()
    for shown in ("Robin Example", "robin@example.org", "newsletter", "pledge-welcome", "1 friend"):
        assert shown in page
    for other in (page_of(sam), page_of(friend), f"/voice/{pledge.voice.pk}/"):
        assert other in page


def test_only_who_may_sees_the_address_in_full(client):
    pledge = a_supporter()
    client.force_login(a_colleague("mia", "Moderator"))
    page = client.get(page_of(pledge)).content.decode()
    assert "r…@example.org" in page
    assert pledge.email not in page
    assert page_of(pledge, "erase") not in page
    client.force_login(a_colleague("noor", "Manager"))
    assert pledge.email in client.get(page_of(pledge)).content.decode()


@pytest.mark.parametrize("what", ["resend", "correct", "withdraw", "erase"])
def test_nothing_is_done_without_a_reason_or_by_looking(admin_client, what):
    pledge = a_supporter()
    OutboxMessage.objects.all().delete()
    typed = {"name": "New Name", "email": "new@example.org", "country": "FR"}
    assert admin_client.get(page_of(pledge, what)).status_code == 200
    refused = admin_client.post(page_of(pledge, what), {"why": " ", **typed})
    assert refused.status_code == 422
    pledge.refresh_from_db()
    assert (pledge.name, pledge.withdrawn_at) == ("Robin Example", None)
    assert not OutboxMessage.objects.exists()
    assert trail() == []


@pytest.mark.parametrize("what", ["resend", "correct", "withdraw", "erase"])
def test_moderators_are_refused(client, what):
    client.force_login(a_colleague("mia", "Moderator"))
    pledge = a_supporter()
    assert client.get(page_of(pledge, what)).status_code == 403
    assert ask(client, pledge, what).status_code == 403
    assert trail() == []


def test_the_confirmation_is_mailed_again(admin_client):
    pledge = a_pledge()
    ask(admin_client, pledge, "resend")
    (message,) = delivered()
    assert "/pledge/confirm/" in message.body
    assert trail() == [("admin", "resent", WHY)]


def test_who_has_confirmed_gets_the_link_to_their_own_page(admin_client):
    pledge = a_supporter()
    delivered()
    ask(admin_client, pledge, "resend")
    (message,) = delivered()
    assert "/pledge/mine/" in message.body


def test_staff_are_told_when_an_address_got_enough_mails_today(admin_client, settings):
    settings.MAILS_PER_ADDRESS_PER_DAY = 1
    pledge = a_pledge()
    ask(admin_client, pledge, "resend")
    assert "as many as it may" in ask(admin_client, pledge, "resend").content.decode()
    assert len(trail()) == 1


@pytest.mark.django_db(transaction=True)
def test_name_and_country_are_corrected_and_the_tallies_follow(admin_client):
    pledge = a_supporter(country="US")
    correct(admin_client, pledge, name="Robin Corrected", country="CA")
    pledge.refresh_from_db()
    assert (pledge.name, pledge.country) == ("Robin Corrected", "CA")
    assert Tally.objects.by_country() == [("CA", 1)]
    (entry,) = AuditEntry.objects.all()
    assert entry.details == {"fields": ["name", "country"]}


def test_saving_what_was_there_changes_nothing(admin_client):
    pledge = a_supporter()
    assert "Nothing was different" in correct(admin_client, pledge).content.decode()
    assert trail() == []


def test_what_was_typed_is_kept_where_it_cannot_be_stored(admin_client):
    pledge = a_supporter()
    page = correct(admin_client, pledge, name="Robin", email="not an address")
    assert page.status_code == 422
    assert 'value="not an address"' in page.content.decode()
    assert WHY in page.content.decode()


def test_a_wrong_address_that_never_confirmed_is_put_right_at_once(admin_client, client):
    pledge = a_pledge("robin@exmaple.org")
    wrong = f"/pledge/confirm/{pledge.token('confirm')}/"
    correct(admin_client, pledge, email="robin@example.org")
    (message,) = delivered()
    assert message.to == ["robin@example.org"]
    assert client.post(wrong).status_code == 404
    assert client.post(path_in(message, "confirm")).status_code == 303
    assert Pledge.objects.get().email == "robin@example.org"


def test_a_confirmed_address_changes_only_once_the_new_one_is_proven(admin_client, client):
    pledge = a_supporter()
    delivered()
    old_page = pledge.get_absolute_url()
    page = correct(admin_client, pledge, email="robin.new@example.org").content.decode()
    assert "takes over once it is proven" in page
    (message,) = delivered()
    assert message.to == ["robin.new@example.org"]
    proof = path_in(message, "new-address")

    assert client.get(proof).status_code == 200
    pledge.refresh_from_db()
    assert pledge.email == "robin@example.org"

    own_page = client.post(proof)
    assert own_page.status_code == 303
    assert client.get(own_page["Location"]).status_code == 200
    pledge.refresh_from_db()
    assert pledge.email == pledge.email_canonical == "robin.new@example.org"
    assert (pledge.number, Tally.objects.total()) == (1, 1)
    assert client.get(old_page).status_code == 404
    assert client.get(proof).status_code == 404
    (told,) = delivered()
    assert told.to == ["robin@example.org"]


def test_a_later_wish_ends_the_link_of_an_earlier_one(admin_client, client):
    pledge = a_supporter()
    delivered()
    correct(admin_client, pledge, email="first@example.org")
    (first,) = delivered()
    correct(admin_client, pledge, email="second@example.org")
    assert client.post(path_in(first, "new-address")).status_code == 404
    (second,) = delivered()
    assert client.post(path_in(second, "new-address")).status_code == 303


@pytest.mark.parametrize("signed", [a_pledge, a_supporter])
def test_no_pledge_takes_the_address_of_another(admin_client, signed):
    a_supporter("sam@example.org")
    pledge = signed()
    page = correct(admin_client, pledge, email="Sam+x@example.org")
    assert page.status_code == 422
    assert "Another pledge has this address" in page.content.decode()
    assert trail() == []


def test_who_signs_with_the_new_address_first_keeps_it(admin_client, client):
    pledge = a_supporter()
    delivered()
    correct(admin_client, pledge, email="new@example.org")
    (message,) = delivered()
    a_supporter("new@example.org")
    answer = client.post(path_in(message, "new-address"))
    assert answer.status_code == 409
    pledge.refresh_from_db()
    assert pledge.email == "robin@example.org"


def test_a_new_address_that_nobody_proves_is_forgotten(admin_client, settings):
    correct(admin_client, a_supporter(), email="new@example.org")
    late = timezone.now() + timedelta(days=settings.UNCONFIRMED_KEPT_DAYS, hours=1)
    housekeeping.purge(now=late)
    assert not NewAddress.objects.exists()
    assert Pledge.objects.get().email == "robin@example.org"


def test_staff_withdraw_a_pledge_for_its_owner(admin_client):
    pledge = a_supporter()
    ask(admin_client, pledge, "withdraw")
    ask(admin_client, pledge, "withdraw")
    pledge.refresh_from_db()
    assert pledge.withdrawn_at
    assert trail() == [("admin", "withdrawn", WHY)]


def test_staff_erase_a_person_and_the_trail_names_nobody(admin_client):
    pledge = a_supporter(reason="Tides.")
    correct(admin_client, pledge, email="new@example.org")
    page = ask(admin_client, pledge, "erase")
    assert page.status_code == 200
    pledge.refresh_from_db()
    assert (pledge.email, pledge.name) == ("", "")
    assert not NewAddress.objects.exists()
    assert not OutboxMessage.objects.exists()
    kept = str(list(AuditEntry.objects.values()))
    assert "erased" in kept
    for trace in ("robin", "Robin", "new@", "Tides"):
        assert trace not in kept


def test_erasing_who_never_confirmed_leads_back_to_the_list(admin_client):
    page = ask(admin_client, a_pledge(), "erase")
    assert page.redirect_chain == [("/admin/pledges/pledge/", 302)]
    assert not Pledge.objects.exists()


@pytest.mark.parametrize("what", ["resend", "correct", "withdraw"])
def test_for_who_is_erased_nothing_is_left_to_do(admin_client, what):
    pledge = a_supporter()
    ask(admin_client, pledge, "erase")
    page = ask(admin_client, pledge, what)
    assert "Left as it is: erased." in page.content.decode()
    assert page_of(pledge, what) not in admin_client.get(page_of(pledge)).content.decode()


@pytest.mark.parametrize("many", [2, 20])
def test_the_record_costs_the_same_whatever_happened(
    admin_client, django_assert_max_num_queries, many
):
    pledge = a_supporter(reason="Why not.")
    for number in range(many):
        a_supporter(f"{number}@example.org", referrer=pledge)
        outbox.put("pledge-welcome", pledge.email, now=timezone.now(), pledge_id=pledge.pk)
    with django_assert_max_num_queries(12):
        admin_client.get(page_of(pledge))
