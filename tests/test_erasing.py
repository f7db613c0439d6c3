"""Whoever is erased, or whose time is over, is nowhere any more: all rows and all caches."""

import json
import pickle
import re
import zlib
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from common import outbox, pagecache
from common.models import OutboxMessage, SuppressedAddress
from pledges import confirmation, housekeeping
from pledges.models import NewAddress, Pledge, Voice
from tests.dump import dump
from tests.pledges.people import a_pledge, answers
from tests.pledges.test_voices import press

pytestmark = pytest.mark.django_db(transaction=True)

# Each in words that stand nowhere else.
ADDRESS, NEW_ADDRESS = "quixotina.zed@example.org", "quixotina.new@example.org"
TYPED = {
    "name": "Quixotina Zed",
    "email": ADDRESS,
    "region": "Ulmenried",
    "reason": "Pelicans need me at noon.",
    "show_name": "on",
    "newsletter": "on",
    "flexibility": ["remote"],
}
TRACES = re.compile("quixotina|ulmenried|pelican", re.IGNORECASE)


@pytest.fixture(autouse=True)
def kept_in_files(settings, tmp_path):
    settings.PAGE_FRESH_S = 60
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.CACHES = {
        "default": {"BACKEND": "common.filecache.FileCache", "LOCATION": tmp_path / "cache"}
    }


def in_cache(folder):
    """What the files of the cache hold, unpacked."""
    found = []
    for path in folder.rglob("*.djcache"):
        with path.open("rb") as file:
            pickle.load(file)  # noqa: S301  when it expires; our own file
            found.append(zlib.decompress(file.read()))
    return b"\n".join(found)


@pytest.fixture
def quixotina(client, admin_client, tmp_path):
    """Has signed, confirmed, been approved, corrected, looked at, asked for and drawn."""
    client.post("/pledge/", answers(**TYPED), REMOTE_ADDR="203.0.113.77")
    client.post("/pledge/resend/", {"email": ADDRESS})
    outbox.deliver_due(now=timezone.now())
    pledge = Pledge.objects.get()
    confirmation.confirm(pledge, now=timezone.now())
    press(admin_client, "approve", Voice.objects.get())
    why = {"why": "Asked by mail.", "country": "CA", "name": TYPED["name"]}
    record = f"/admin/pledges/pledge/{pledge.pk}"
    admin_client.post(f"{record}/correct/", why | {"email": NEW_ADDRESS})
    admin_client.get(f"{record}/change/")
    outbox.deliver_due(now=timezone.now())
    client.post("/pledge/link/", {"email": ADDRESS})
    pagecache.clear()
    for address in ("/", "/supporters/", "/supporters/?country=CA", "/supporters/?q=zed",
                    pledge.join_path):  # fmt: skip
        assert client.get(address).status_code == 200
    card = client.get(f"{pledge.join_path}card.png").content
    pledge.refresh_from_db()
    for page in ("", "poster/", "download/"):
        assert client.get(f"{pledge.get_absolute_url()}{page}").status_code == 200
    assert NewAddress.objects.exists()
    assert Voice.objects.get().status == "approved"
    assert {found.lower() for found in TRACES.findall(dump())} == {
        "quixotina",
        "ulmenried",
        "pelican",
    }
    cached = in_cache(tmp_path / "cache")
    assert b"Quixotina" in cached
    assert b"Pelicans" in cached
    assert card in cached
    pledge.card = card
    return pledge


def by_herself(pledge, client, admin_client):
    client.post(f"{pledge.get_absolute_url()}erase/")


def by_not_me(pledge, client, admin_client):
    client.post(f"/pledge/not-me/{pledge.token('not-me')}/")


def by_staff(pledge, client, admin_client):
    why = {"why": "Asked by mail."}
    admin_client.post(f"/admin/pledges/pledge/{pledge.pk}/erase/", why)


def by_command(pledge, client, admin_client):
    call_command("erase_person", ADDRESS.upper())


@pytest.mark.parametrize("erase", [by_herself, by_not_me, by_staff, by_command])
def test_whoever_is_erased_is_in_no_row_and_no_file(
    quixotina, client, admin_client, tmp_path, erase
):
    erase(quixotina, client, admin_client)
    assert TRACES.findall(dump()) == []
    cached = in_cache(tmp_path / "cache")
    assert TRACES.findall(cached.decode(errors="replace")) == []
    assert quixotina.card not in cached
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == []
    for address in ("/", "/supporters/", "/supporters/?q=zed", quixotina.join_path,
                    f"{quixotina.join_path}card.png"):  # fmt: skip
        page = Client().get(address)
        assert TRACES.findall(page.content.decode(errors="replace")) == []
    call_command("audit")


def test_whoever_withdrew_is_erased_from_all_of_it_after_thirty_days(
    quixotina, client, settings, tmp_path
):
    client.post(f"{quixotina.get_absolute_url()}withdraw/")
    assert TRACES.search(dump())
    later = timezone.now() + timedelta(days=settings.WITHDRAWN_KEPT_DAYS, hours=1)
    with time_machine.travel(later):
        housekeeping.purge(now=timezone.now())
    assert TRACES.findall(dump()) == []
    assert TRACES.findall(in_cache(tmp_path / "cache").decode(errors="replace")) == []


def test_whoever_did_not_confirm_is_nowhere_after_21_days(client, settings):
    client.post("/pledge/", answers(**TYPED), REMOTE_ADDR="203.0.113.77")
    client.post("/pledge/resend/", {"email": ADDRESS})
    outbox.deliver_due(now=timezone.now())
    OutboxMessage.objects.filter(pk=OutboxMessage.objects.earliest("pk").pk).update(
        failed_at=timezone.now()
    )
    now = timezone.now()
    with time_machine.travel(now + timedelta(days=settings.UNCONFIRMED_KEPT_DAYS, hours=-1)):
        housekeeping.purge(now=timezone.now())
        assert TRACES.search(dump())
    with time_machine.travel(now + timedelta(days=settings.UNCONFIRMED_KEPT_DAYS, hours=1)):
        housekeeping.purge(now=timezone.now())
        assert TRACES.findall(dump()) == []


def test_an_address_that_only_asked_for_mail_is_not_kept(client):
    for path in ("/pledge/resend/", "/pledge/link/", "/coalition/link/"):
        client.post(path, {"email": ADDRESS})
    client.post("/pledge/code/", {"email": ADDRESS, "code": "123456"})
    outbox.deliver_due(now=timezone.now())
    assert TRACES.findall(dump()) == []


def test_no_whole_network_address_is_ever_kept_and_no_part_for_longer_than_thirty_days(client):
    client.post("/pledge/", answers(), REMOTE_ADDR="203.0.113.77")
    client.post("/pledge/", answers(email="sam@example.org"), REMOTE_ADDR="2001:db8:77:88::99")
    client.post(
        "/admin/account/login/", {"login": "x", "password": "y"}, REMOTE_ADDR="203.0.113.77"
    )
    for pledge in Pledge.objects.all():
        confirmation.confirm(pledge, now=timezone.now())
    kept = dump()
    assert "203.0.113.0/24" in kept
    assert "2001:db8:77::/48" in kept
    assert "203.0.113.77" not in kept
    assert "2001:db8:77:88" not in kept
    with time_machine.travel(timezone.now() + timedelta(days=30, hours=1)):
        housekeeping.purge(now=timezone.now())
    forgotten = dump()
    assert "203.0.113" not in forgotten
    assert "2001:db8" not in forgotten


def test_of_an_address_that_said_not_me_a_keyed_hash_stays_and_keeps_mail_away(client):
    pledge = a_pledge(ADDRESS)
    client.post(f"/pledge/not-me/{pledge.token('not-me')}/")
    assert SuppressedAddress.objects.count() == 1
    assert TRACES.findall(dump()) == []
    client.post("/pledge/resend/", {"email": ADDRESS})
    assert not OutboxMessage.objects.exists()


def test_an_export_holds_all_that_a_dump_shows_of_the_person(quixotina, capsys):
    call_command("export_person", ADDRESS)
    out = capsys.readouterr().out
    held = json.loads(out)["pledges"][0]
    for name in ("name", "email", "region", "reason"):
        assert held[name]["value"] == TYPED[name]
    assert held["new_email"]["value"] == NEW_ADDRESS
    assert held["page"]["value"] == "/pledge/"
    assert held["confirmed_at"]["value"]
    assert (
        len(json.loads(out)["mails"])
        == OutboxMessage.objects.exclude(recipient=NEW_ADDRESS).count()
    )
