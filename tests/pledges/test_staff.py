import pytest
from django.utils import timezone

from common.admin.large import CappedPaginator
from common.models import AuditEntry
from pledges import withdrawal
from pledges.models import Pledge, Tally
from tests.pledges.people import a_pledge, a_supporter

pytestmark = pytest.mark.django_db
PLEDGES = "/admin/pledges/pledge/"
VOICES = "/admin/pledges/voice/"


def act(client, address, action, *objects):
    return client.post(
        address, {"action": action, "_selected_action": [one.pk for one in objects]}, follow=True
    )


def test_pledges_are_invalidated_restored_and_released_with_a_trace(admin_client):
    pledge = a_supporter()
    act(admin_client, PLEDGES, "invalidate", pledge)
    assert Tally.objects.total() == 0
    act(admin_client, PLEDGES, "restore", pledge)
    assert Tally.objects.total() == 1
    caught = a_supporter("trap@example.org", quarantined_at=timezone.now())
    act(admin_client, PLEDGES, "release", caught)
    assert Tally.objects.total() == 2
    assert AuditEntry.objects.count() == 3


@pytest.mark.parametrize(
    "term",
    [
        *("ROBIN@example.org", "robin+x@example.org", "1", "#1", "code"),
        *("@example.org", "EXAMPLE.org", "robin", "róbin f"),
    ],
)
def test_staff_find_a_pledge_by_address_domain_name_number_or_code(admin_client, term):
    pledge = a_supporter(name="Robin Found")
    a_supporter("sam@elsewhere.example", name="Sam Other")
    term = pledge.code if term == "code" else term
    page = admin_client.get(PLEDGES, {"q": term}).content.decode()
    assert "Robin Found" in page
    assert "Sam Other" not in page


def test_staff_find_people_who_withdrew_by_their_address(admin_client):
    gone = a_supporter(name="Robin Found")
    withdrawal.withdraw(gone, now=timezone.now())
    assert "Robin Found" in admin_client.get(PLEDGES, {"q": gone.email}).content.decode()


@pytest.mark.parametrize("term", ["%", "_", "\\", "9" * 30, "@", "@.", ".", "'", "#", "a@b@c"])
def test_whatever_staff_search_for_is_answered(admin_client, term):
    a_supporter()
    page = admin_client.get(PLEDGES, {"q": term})
    assert page.status_code == 200
    assert not page.context["cl"].result_list


def test_lists_show_addresses_masked(admin_client):
    pledge = a_supporter("robin@example.org")
    page = admin_client.get(PLEDGES).content.decode()
    assert "r…@example.org" in page
    assert pledge.email not in page


def test_a_long_list_is_counted_no_further_than_anybody_pages(admin_client, monkeypatch):
    monkeypatch.setattr(CappedPaginator, "LIMIT", 3)
    for number in range(4):
        a_supporter(f"{number}@example.org")
    assert "3+ pledges" in admin_client.get(PLEDGES).content.decode()


def test_an_action_takes_what_is_ticked_and_never_all(admin_client):
    ticked, other = a_supporter(), a_supporter("sam@example.org")
    both = {"action": "invalidate", "_selected_action": [ticked.pk], "select_across": "1"}
    admin_client.post(PLEDGES, both)
    other.refresh_from_db()
    assert other.invalidated_at is None
    assert Tally.objects.total() == 1


@pytest.mark.parametrize("state", ["unconfirmed", "quarantine", "withdrawn"])
def test_pledges_are_filtered_by_state(admin_client, state):
    a_supporter("plain@example.org", name="Plain Person")
    now = timezone.now()
    a_pledge("u@example.org", name="Person unconfirmed")
    a_supporter("q@example.org", name="Person quarantine", quarantined_at=now)
    a_supporter("w@example.org", name="Person withdrawn")
    Pledge.objects.filter(email="w@example.org").update(withdrawn_at=now)
    page = admin_client.get(PLEDGES, {"state": state}).content.decode()
    assert f"Person {state}" in page
    assert "Plain Person" not in page


@pytest.mark.parametrize("address", [PLEDGES, VOICES, "/admin/common/outboxmessage/"])
@pytest.mark.parametrize("many", [2, 20])
def test_lists_cost_the_same_for_few_and_many(
    admin_client, django_assert_max_num_queries, address, many
):
    for number in range(many):
        a_supporter(f"{number}@example.org", reason="Why not.")
    with django_assert_max_num_queries(15):
        assert admin_client.get(address).status_code == 200


def test_facts_cannot_be_edited_nor_pledges_deleted(admin_client):
    pledge = a_supporter()
    page = admin_client.get(f"{PLEDGES}{pledge.pk}/change/").content.decode()
    assert 'name="email"' not in page
    assert admin_client.post(f"{PLEDGES}{pledge.pk}/delete/").status_code == 403
    assert admin_client.get(f"{PLEDGES}add/").status_code == 403


def test_strangers_are_asked_to_log_in(client):
    for address in (PLEDGES, VOICES):
        assert client.get(address).status_code == 302
