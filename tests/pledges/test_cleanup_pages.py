"""Clean-ups as staff meet them in the admin."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from pledges.models import Cleanup, Pledge, Tally
from tests.pledges.people import a_pledge, a_supporter

pytestmark = pytest.mark.django_db
CLEANUPS = "/admin/pledges/cleanup/"
REASON = "Sign-ups by one machine"


def typed(**changes):
    nothing = {"address": "", "domain": "", "network": "", "via": "", "source": "", "note": ""}
    return nothing | {"signed_from": "", "signed_until": ""} | changes


def searched(client, **criteria):
    """A search as somebody wrote it, counted by the worker."""
    assert client.post(f"{CLEANUPS}add/", typed(**criteria)).status_code == 302
    call_command("worker", once=True)
    return Cleanup.objects.latest("pk")


def press(client, cleanup, button, **fields):
    return client.post(
        f"{CLEANUPS}{cleanup.pk}/move/", {"press": button, **fields}, follow=True
    ).content.decode()


def page_of(client, cleanup):
    return client.get(f"{CLEANUPS}{cleanup.pk}/change/").content.decode()


@pytest.fixture
def machines():
    return [a_supporter(f"bot{i}@machine.example", name=f"Machine {i}") for i in range(3)]


def test_from_a_search_to_a_run_and_back(admin_client, machines):
    a_supporter("ana@example.org", name="Ana Example")
    cleanup = searched(admin_client, domain="machine.example")
    page = page_of(admin_client, cleanup)
    assert "Found <b>3</b> pledges, 3 of them in the count." in page
    assert "from <b>4</b> to <b>1</b>" in page
    assert "Machine 2" in page
    assert "Ana Example" not in page
    assert Tally.objects.total() == 4
    press(admin_client, cleanup, "start", reason=REASON)
    assert "Running" in page_of(admin_client, cleanup)
    call_command("worker", once=True)
    page = page_of(admin_client, cleanup)
    assert "Taken out: <b>3</b>" in page
    assert REASON in page
    assert Tally.objects.total() == 1
    press(admin_client, cleanup, "undo")
    call_command("worker", once=True)
    assert "Put back: <b>3</b>" in page_of(admin_client, cleanup)
    assert Tally.objects.total() == 4


def test_it_starts_only_with_a_reason_that_everybody_may_read(admin_client, machines):
    cleanup = searched(admin_client, domain="machine.example")
    assert "Write the reason first" in press(admin_client, cleanup, "start", reason=" ")
    told = press(admin_client, cleanup, "start", reason="See https://example.org/")
    assert "Leave out links" in told
    cleanup.refresh_from_db()
    assert cleanup.status == "ready"


def test_a_running_one_can_be_stopped_and_go_on(admin_client, machines):
    cleanup = searched(admin_client, domain="machine.example")
    press(admin_client, cleanup, "start", reason=REASON)
    assert "Go on" in press(admin_client, cleanup, "stop")
    call_command("worker", once=True)
    assert Tally.objects.total() == 3
    press(admin_client, cleanup, "start")
    call_command("worker", once=True)
    assert Tally.objects.total() == 0


def test_a_search_can_be_put_away(admin_client, machines):
    cleanup = searched(admin_client, domain="machine.example")
    assert "Discarded" in press(admin_client, cleanup, "discard")
    assert "Left as it is" in press(admin_client, cleanup, "start", reason=REASON)
    cleanup.refresh_from_db()
    assert cleanup.status == "discarded"


def test_who_comes_second_is_told_who_was_first(admin_client, machines):
    cleanup = searched(admin_client, domain="machine.example")
    press(admin_client, cleanup, "start", reason=REASON)
    told = press(admin_client, cleanup, "start", reason="Another")
    assert "Left as it is: “Running” since" in told
    assert "by admin" in told
    cleanup.refresh_from_db()
    assert cleanup.reason == REASON


@pytest.mark.django_db(transaction=True)
def test_of_two_who_start_at_one_instant_one_does(machines):
    cleanup = searched(a_cleaner("ana"), domain="machine.example")
    clients = [a_cleaner(name) for name in ("ben", "cleo", "dee", "eli")]

    def start(client):
        try:
            return press(client, cleanup, "start", reason=REASON)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as pool:
        pages = list(pool.map(start, clients))
    assert sum("Left as it is" in page for page in pages) == 3
    call_command("worker", once=True)
    cleanup.refresh_from_db()
    assert (cleanup.status, cleanup.invalidated) == ("finished", 3)


@pytest.mark.parametrize(
    ("criteria", "told"),
    [
        ({}, "fill in at least one"),
        ({"address": "ana@example.org"}, "Write a pattern with a *"),
        ({"address": "*@*"}, "Write a pattern with a *"),
        ({"network": "somewhere"}, "Write a network like"),
        ({"network": "203.0.113.0/99"}, "Write a network like"),
        ({"via": "nosuchcode"}, "No supporter and no member"),
        (
            {"signed_from": "2026-11-02T00:00", "signed_until": "2026-11-01T00:00"},
            "must be later",
        ),
        ({"signed_from": "soon"}, "Enter a valid date"),
        ({"domain": "x" * 300}, "at most 254 characters"),
    ],
)
def test_a_search_that_cannot_be_meant_is_explained_and_kept(admin_client, criteria, told):
    response = admin_client.post(f"{CLEANUPS}add/", typed(**criteria))
    assert response.status_code == 200
    assert told in response.content.decode()
    assert not Cleanup.objects.exists()


def test_what_was_typed_is_stored_as_it_is_compared(admin_client):
    cleanup = searched(
        admin_client, domain="@Bücher.example", network="203.0.113.77", address=" Bot*@X.example "
    )
    assert cleanup.domain == "xn--bcher-kva.example"
    assert cleanup.network == "203.0.113.0/24"
    assert cleanup.address == "bot*@x.example"


def test_the_same_search_can_be_written_again(admin_client, machines):
    cleanup = searched(admin_client, domain="machine.example", signed_from="2026-11-01T10:00")
    assert f"add/?like={cleanup.pk}" in page_of(admin_client, cleanup)
    form = admin_client.get(f"{CLEANUPS}add/?like={cleanup.pk}").content.decode()
    assert 'value="machine.example"' in form
    assert 'value="2026-11-01T10:00"' in form


@pytest.mark.parametrize(
    "query", ["like=x", "like=99999999999999999999", "like=7", "signed_from=x", "network=%00"]
)
def test_no_address_of_the_form_breaks_it(admin_client, query):
    assert admin_client.get(f"{CLEANUPS}add/?{query}").status_code in (200, 400)


def test_nothing_is_edited_or_deleted_and_a_get_moves_nothing(admin_client, machines):
    cleanup = searched(admin_client, domain="machine.example")
    assert admin_client.post(f"{CLEANUPS}{cleanup.pk}/change/", typed()).status_code == 405
    assert admin_client.post(f"{CLEANUPS}{cleanup.pk}/delete/").status_code == 403
    assert admin_client.get(f"{CLEANUPS}{cleanup.pk}/move/").status_code == 405
    assert admin_client.post(f"{CLEANUPS}999/move/", {"press": "start"}).status_code == 404


def a_cleaner(name="cleo", *permissions):
    """A client of somebody who may do what these permissions say; clean-ups if none is given."""
    user = get_user_model().objects.create_user(name, is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=permissions or ["run_cleanup"])
    )
    client = Client()
    client.force_login(user)
    return client


def test_who_may_only_look_sees_no_button_and_moves_nothing(admin_client, machines):
    cleanup = searched(admin_client, domain="machine.example")
    onlooker = a_cleaner("ollie", "view_cleanup")
    assert "Take them out" not in page_of(onlooker, cleanup)
    assert onlooker.get(f"{CLEANUPS}add/").status_code == 403
    move = onlooker.post(f"{CLEANUPS}{cleanup.pk}/move/", {"press": "start", "reason": REASON})
    assert move.status_code == 403
    assert a_cleaner("nora", "view_pledge").get(CLEANUPS).status_code == 403
    assert "Take them out" in page_of(a_cleaner(), cleanup)


@pytest.mark.parametrize("many", [2, 20])
def test_the_pages_cost_the_same_for_few_and_many(
    admin_client, django_assert_max_num_queries, many
):
    now = timezone.now()
    Pledge.objects.bulk_create(
        Pledge(
            email=f"{i}@machine.example",
            email_canonical=f"{i}@machine.example",
            country="CA",
            created_at=now - timedelta(minutes=i),
        )
        for i in range(many)
    )
    for _ in range(many):
        cleanup = searched(admin_client, domain="machine.example")
    with django_assert_max_num_queries(15):
        assert len(admin_client.get(CLEANUPS).context["cl"].result_list) == many
    with django_assert_max_num_queries(15):
        assert page_of(admin_client, cleanup).count("@machine.example</td>") == many


def test_an_unconfirmed_pledge_that_is_erased_leaves_the_sample(admin_client):
    a_pledge("bot@machine.example", name="Gone Soon")
    cleanup = searched(admin_client, domain="machine.example")
    Pledge.objects.all().delete()
    assert "Gone Soon" not in page_of(admin_client, cleanup)
