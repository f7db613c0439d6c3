import pytest
from django.utils import timezone

from common import moderation
from common.models import Decision
from pledges.models import Pledge, Tally, Voice
from tests.pledges.people import a_pledge, a_supporter

pytestmark = pytest.mark.django_db
PLEDGES = "/admin/pledges/pledge/"
VOICES = "/admin/pledges/voice/"


def act(client, address, action, *objects):
    return client.post(
        address, {"action": action, "_selected_action": [one.pk for one in objects]}, follow=True
    )


def test_a_moderator_approves_and_declines_voices_and_the_history_knows_who(
    admin_client, admin_user
):
    first = a_supporter("a@example.org", reason="First.")
    second = a_supporter("b@example.org", reason="Second.")
    act(admin_client, VOICES, "approve", first.voice)
    act(admin_client, VOICES, "decline", second.voice)
    assert list(Voice.objects.listed()) == [first.voice]
    decision = Decision.objects.filter(to_status="approved").get()
    assert (decision.actor, decision.subject) == (admin_user, first.voice)


def test_words_of_unconfirmed_people_are_not_in_the_queue(admin_client):
    a_pledge(reason="Never confirmed.")
    assert "Never confirmed." not in admin_client.get(VOICES).content.decode()


def test_a_move_that_a_colleague_already_made_is_refused(admin_client, admin_user):
    voice = a_supporter(reason="First.").voice
    act(admin_client, VOICES, "approve", voice)
    assert "Left as it is" in act(admin_client, VOICES, "approve", voice).content.decode()
    with pytest.raises(moderation.IllegalMove) as refused:
        moderation.move(voice, "approved", actor=admin_user, now=timezone.now())
    assert refused.value.last.actor == admin_user


def test_pledges_are_invalidated_restored_and_released_with_a_trace(admin_client):
    pledge = a_supporter()
    act(admin_client, PLEDGES, "invalidate", pledge)
    assert Tally.objects.total() == 0
    act(admin_client, PLEDGES, "restore", pledge)
    assert Tally.objects.total() == 1
    caught = a_supporter("trap@example.org", quarantined_at=timezone.now())
    act(admin_client, PLEDGES, "release", caught)
    assert Tally.objects.total() == 2
    assert Decision.objects.count() == 3


@pytest.mark.parametrize("term", ["ROBIN@example.org", "robin+x@example.org", "1", "#1", "code"])
def test_staff_find_a_pledge_by_address_number_or_code(admin_client, term):
    pledge = a_supporter(name="Robin Found")
    a_supporter("sam@example.org", name="Sam Other")
    term = pledge.code if term == "code" else term
    page = admin_client.get(PLEDGES, {"q": term}).content.decode()
    assert "Robin Found" in page
    assert "Sam Other" not in page


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
