from datetime import timedelta

import pytest
from django.utils import timezone

from common.models import OutboxMessage, SuppressedAddress
from pledges import confirmation
from pledges.models import Pledge, Tally
from tests.pledges.people import a_pledge, a_supporter

pytestmark = pytest.mark.django_db


def confirm_address(pledge):
    return f"/pledge/confirm/{pledge.token('confirm')}/"


def test_opening_the_link_changes_nothing(client):
    pledge = a_pledge()
    for _ in range(2):
        page = client.get(confirm_address(pledge))
        assert page.status_code == 200
        assert client.head(confirm_address(pledge)).status_code == 200
        assert client.options(confirm_address(pledge)).status_code == 405
    assert "Confirm my name" in page.content.decode()
    pledge.refresh_from_db()
    assert pledge.confirmed_at is None


def test_the_button_confirms_counts_and_leads_to_ones_own_page(client):
    pledge = a_pledge()
    response = client.post(confirm_address(pledge))
    pledge.refresh_from_db()
    assert response.status_code == 303
    assert response["Location"] == pledge.get_absolute_url()
    assert pledge.number == 1
    assert Tally.objects.total() == 1
    page = client.get(response["Location"]).content.decode()
    assert "#1" in page
    assert f"/join/{pledge.code}/" in page


def test_the_link_works_however_often(client):
    pledge = a_pledge()
    first = client.post(confirm_address(pledge))
    pledge.refresh_from_db()
    confirmed_at = pledge.confirmed_at
    assert "You are in" in client.get(confirm_address(pledge)).content.decode()
    assert client.post(confirm_address(pledge))["Location"] == first["Location"]
    pledge.refresh_from_db()
    assert pledge.confirmed_at == confirmed_at
    assert Tally.objects.total() == 1
    assert OutboxMessage.objects.filter(kind="pledge-welcome").count() == 1


@pytest.mark.parametrize(
    "hurt", [lambda t: t[:-1], lambda t: t + "x", lambda t: "x" + t[1:], str.upper]
)
def test_a_broken_link_gets_a_page_that_helps_on(client, hurt):
    response = client.get(f"/pledge/confirm/{hurt(a_pledge().token('confirm'))}/")
    assert response.status_code == 404
    assert "Send me a new link" in response.content.decode()


def test_a_token_opens_only_what_it_was_made_for(client):
    pledge = a_supporter()
    for purpose, path in [("confirm", "mine"), ("mine", "confirm"), ("confirm", "not-me")]:
        assert client.get(f"/pledge/{path}/{pledge.token(purpose)}/").status_code == 404


def test_pages_reached_by_a_token_are_neither_cached_nor_indexed(client):
    pledge = a_supporter()
    for address in (confirm_address(pledge), pledge.get_absolute_url()):
        response = client.get(address)
        assert response["Cache-Control"] == "no-store"
        assert "noindex" in response["X-Robots-Tag"]
        assert response["Referrer-Policy"] == "same-origin"


def type_code(client, code, address="robin@example.org"):
    return client.post("/pledge/code/", {"email": address, "code": code})


def a_wrong_code(pledge):
    return f"{(int(confirmation.digits_of(pledge)) + 1) % 1_000_000:06d}"


def test_the_six_digits_confirm_on_another_device(client):
    pledge = a_pledge()
    response = type_code(client, confirmation.digits_of(pledge), "ROBIN@example.org")
    assert (response.status_code, response["Location"]) == (303, pledge.get_absolute_url())
    pledge.refresh_from_db()
    assert pledge.number == 1


def test_digits_may_be_typed_in_groups(client):
    digits = confirmation.digits_of(a_pledge())
    assert type_code(client, f" {digits[:3]} {digits[3:]}").status_code == 303


def test_typing_the_digits_twice_is_no_mistake_but_they_are_no_password(client):
    pledge = a_pledge()
    digits = confirmation.digits_of(pledge)
    assert type_code(client, digits).status_code == 303
    assert type_code(client, digits).status_code == 303
    Pledge.objects.update(confirmed_at=timezone.now() - timedelta(hours=2))
    assert type_code(client, digits).status_code == 422


def test_after_five_wrong_tries_the_right_digits_do_not_help_either(client):
    pledge = a_pledge()
    for _ in range(confirmation.MAX_TRIES):
        assert type_code(client, a_wrong_code(pledge)).status_code == 422
    assert type_code(client, confirmation.digits_of(pledge)).status_code == 422
    pledge.refresh_from_db()
    assert pledge.confirmed_at is None


def test_the_digits_can_be_tried_again_on_another_day_and_the_link_at_any_time(
    client, time_machine
):
    time_machine.move_to("2026-11-23T10:00:00Z", tick=False)
    pledge, other = a_pledge(), a_pledge("sam@example.org")
    for one in (pledge, other):
        for _ in range(confirmation.MAX_TRIES):
            type_code(client, a_wrong_code(one), one.email)
    assert client.post(confirm_address(other)).status_code == 303
    assert type_code(client, confirmation.digits_of(pledge)).status_code == 422
    time_machine.move_to("2026-11-24T10:00:00Z", tick=False)
    assert type_code(client, confirmation.digits_of(pledge)).status_code == 303


def test_wrong_digits_and_unknown_addresses_are_answered_alike(client):
    pledge = a_pledge()
    known = type_code(client, a_wrong_code(pledge)).content.decode()
    unknown = type_code(client, a_wrong_code(pledge), "nobody@example.org").content.decode()
    assert known.replace("robin@", "nobody@") == unknown


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345x", "١٢٣٤٥٦"])
def test_what_is_no_code_gets_a_422(client, code):
    a_pledge()
    assert type_code(client, code).status_code == 422


def test_this_was_not_me_erases_at_once_and_silences_the_address(client):
    pledge = a_pledge(reason="A stranger's words.")
    address = f"/pledge/not-me/{pledge.token('not-me')}/"
    assert client.get(address).status_code == 200
    assert Pledge.objects.exists()
    assert client.post(address).status_code == 303
    assert not Pledge.objects.exists()
    assert not OutboxMessage.objects.exists()
    client.post("/pledge/", {"name": "Robin", "email": "robin+2@example.org", "country": "CA"})
    assert not OutboxMessage.objects.exists()
    assert b"robin" not in bytes(SuppressedAddress.objects.get().address_hash)


def test_a_quarantined_pledge_looks_confirmed_but_does_not_count(client):
    pledge = a_pledge(quarantined_at=timezone.now())
    response = client.post(confirm_address(pledge))
    assert client.get(response["Location"]).status_code == 200
    assert Tally.objects.total() == 0


def test_tokens_end_with_the_withdrawal(client):
    pledge = a_supporter()
    own_page, confirm = pledge.get_absolute_url(), confirm_address(pledge)
    client.post(f"{own_page}withdraw/")
    for address in (own_page, confirm, f"{own_page}download/"):
        assert client.get(address).status_code == 404
