"""The block list: who is on it signs as ever, and waits for a look."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from common.models import AuditEntry, OutboxMessage
from pledges import blocking, confirmation
from pledges.models import Block, Pledge, Tally
from tests.pledges.people import a_pledge, a_supporter, answers

pytestmark = pytest.mark.django_db
BLOCKS = "/admin/pledges/block/"


def a_block(kind, typed, *, is_on=True):
    key, shown = blocking.entry(kind, typed)
    now = timezone.now()
    return Block.objects.create(
        kind=kind, key=key, shown=shown, created_at=now, active_since=now if is_on else None
    )


def sign(client, address="robin@example.org", *, peer="203.0.113.9"):
    response = client.post("/pledge/", answers(email=address), REMOTE_ADDR=peer)
    assert response.status_code == 303
    return Pledge.objects.latest("pk")


def add(client, kind, typed, note=""):
    return client.post(
        f"{BLOCKS}add/", {"kind": kind, "typed": typed, "note": note}, follow=True
    ).content.decode()


@pytest.mark.parametrize(
    ("kind", "listed", "caught", "passed"),
    [
        ("network", "203.0.113.0/24", {"peer": "203.0.113.250"}, {"peer": "203.0.114.1"}),
        ("network", "203.0.0.0/16", {"peer": "203.0.113.9"}, {"peer": "203.1.0.1"}),
        ("network", "203.0.113.9", {"peer": "203.0.113.10"}, {"peer": "2001:db8::1"}),
        ("network", "2001:db8:1::/48", {"peer": "2001:db8:1:2::3"}, {"peer": "2001:db8:2::1"}),
        ("network", "2001:db8::/32", {"peer": "2001:db8:9::1"}, {"peer": "::ffff:32.1.13.184"}),
        (
            "domain",
            "machine.example",
            {"address": "a@Machine.EXAMPLE"},
            {"address": "a@machine.example.org"},
        ),
        ("domain", "machine.example", {"address": "a@m.machine.example"}, {"address": "a@x.org"}),
        ("domain", "bücher.example", {"address": "a@xn--bcher-kva.example"}, {}),
        ("domain", "machine.example", {}, {"address": "a@other-machine.example"}),
        ("address", "R.obin@gmail.com", {"address": "robin+x@googlemail.com"}, {}),
        (
            "address",
            "ana@example.org",
            {"address": "Ana@example.org"},
            {"address": "a@example.org"},
        ),
    ],
)
def test_a_sign_up_from_a_listed_source_waits_for_a_look(client, kind, listed, caught, passed):
    a_block(kind, listed)
    if caught:
        pledge = sign(client, **caught)
        assert (pledge.suspicion, bool(pledge.quarantined_at)) == ("blocked", True)
    pledge = sign(client, **{"address": "other@example.net", "peer": "198.51.100.1", **passed})
    assert (pledge.suspicion, pledge.quarantined_at) == ("", None)


def test_what_is_listed_but_not_switched_on_does_nothing(client):
    a_block("network", "203.0.113.0/24", is_on=False)
    assert sign(client).quarantined_at is None


def test_who_waits_for_a_look_is_answered_and_mailed_as_everybody_and_does_not_count(client):
    def asked(address, peer):
        return client.post("/pledge/", answers(email=address), REMOTE_ADDR=peer)

    a_block("network", "203.0.113.0/24")
    plain, caught = asked("a@example.org", "198.51.100.1"), asked("b@example.org", "203.0.113.1")
    assert (plain.status_code, plain.headers, plain.content) == (
        caught.status_code, caught.headers, caught.content,
    )  # fmt: skip
    assert [mail.kind for mail in OutboxMessage.objects.all()] == ["pledge-signed"] * 2
    pledge = Pledge.objects.get(suspicion="blocked")
    confirmation.confirm(pledge, now=timezone.now())
    assert Tally.objects.total() == 0


def test_of_a_sign_up_only_the_network_is_kept(client):
    assert sign(client, peer="203.0.113.9").network == "203.0.113.0/24"
    assert sign(client, "b@example.org", peer="2001:db8:1:2:3::4").network == "2001:db8:1::/48"
    assert sign(client, "c@example.org", peer="").network == ""


def test_of_a_listed_address_only_a_fingerprint_is_kept():
    block = a_block("address", "robin@example.org")
    assert "robin" not in f"{block.key} {block.shown} {block}"


# --- in the admin ---------------------------------------------------------------------------------


def test_an_entry_is_tried_on_the_last_days_before_it_is_switched_on(admin_client, client):
    now = timezone.now()
    a_supporter("bot@machine.example", name="Machine New", now=now - timedelta(days=6))
    a_supporter("old@machine.example", name="Machine Old", now=now - timedelta(days=8))
    page = add(admin_client, "domain", "machine.example", "Seen on Tuesday")
    assert "<b>1</b> sign-up would have waited" in page
    assert "Machine New" in page
    assert "Machine Old" not in page
    block = Block.objects.get()
    assert block.active_since is None
    admin_client.post(f"{BLOCKS}{block.pk}/switch/", {"on": ""})
    assert sign(client, "next@machine.example").suspicion == "blocked"
    admin_client.post(f"{BLOCKS}{block.pk}/switch/", {"off": ""})
    assert sign(client, "last@machine.example").suspicion == ""
    trail = AuditEntry.objects.about(block).order_by("pk").values_list("actor_name", "action")
    assert list(trail) == [
        ("admin", "added"), ("admin", "switched on"), ("admin", "switched off"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "typed", "held"),
    [
        ("network", "203.0.0.0/16", 2),
        ("domain", "example.org", 1),
        ("address", "Bot+1@example.org", 1),
        ("address", "nobody@example.org", 0),
    ],
)
def test_a_trial_looks_as_a_sign_up_would(admin_client, kind, typed, held):
    a_pledge("bot@example.org", network="203.0.113.0/24")
    a_pledge("bot@machine.example", network="203.0.114.0/24")
    a_pledge("ana@example.net")
    assert add(admin_client, kind, typed).count('change/">(') == held


def test_a_trial_looks_at_the_newest_only(admin_client, monkeypatch):
    monkeypatch.setattr(blocking, "LOOKED_AT", 3)
    now = timezone.now()
    for minutes in range(5):
        a_pledge(f"bot{minutes}@machine.example", now=now - timedelta(minutes=minutes))
    assert "<b>3</b> sign-ups" in add(admin_client, "domain", "machine.example")


@pytest.mark.parametrize(
    ("kind", "typed", "told"),
    [
        ("network", "somewhere", "Write a network"),
        ("network", "8.0.0.0/7", "no wider than /8"),
        ("network", "0.0.0.0/0", "no wider than /8"),
        ("network", "2000::/3", "no wider than /8"),
        ("domain", "no domain", "Write a domain"),
        ("domain", "Gmail.com", "Very many people"),
        ("domain", "googlemail.com", "Very many people"),
        ("address", "example.org", "Write an address"),
        ("domain", "listed.example", "on the list already"),
        ("domain", "", "This field is required"),
        ("", "example.org", "This field is required"),
        ("country", "CA", "Select a valid choice"),
        ("domain", "x" * 400, "at most 254"),
        ("domain", "a\x00.example", "Null characters"),
    ],
)
def test_what_cannot_be_listed_is_explained(admin_client, kind, typed, told):
    a_block("domain", "listed.example")
    assert told in add(admin_client, kind, typed)
    assert Block.objects.count() == 1


def test_what_is_listed_stays_as_it_was_tried_only_the_note_changes(admin_client):
    block = a_block("domain", "machine.example")
    admin_client.post(
        f"{BLOCKS}{block.pk}/change/", {"kind": "address", "typed": "x@y.example", "note": "New"}
    )
    block.refresh_from_db()
    assert (block.kind, block.key, block.note) == ("domain", "machine.example", "New")


@pytest.mark.django_db(transaction=True)
def test_two_who_list_the_same_at_one_instant_list_it_once(admin_client):
    def click(_):
        try:
            return add(admin_client, "domain", "machine.example")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(click, range(4)))
    assert all("would have waited" in page or "already" in page for page in pages)
    assert Block.objects.count() == 1


@pytest.mark.parametrize("many", [2, 20])
def test_the_pages_cost_the_same_for_few_and_many(
    admin_client, django_assert_max_num_queries, many
):
    for number in range(many):
        a_pledge(f"{number}@machine.example")
        block = a_block("domain", f"{number}.example")
    block = a_block("domain", "machine.example")
    with django_assert_max_num_queries(15):
        assert admin_client.get(BLOCKS).status_code == 200
    with django_assert_max_num_queries(15):
        page = admin_client.get(f"{BLOCKS}{block.pk}/change/").content.decode()
    assert page.count("@machine.example") == many
