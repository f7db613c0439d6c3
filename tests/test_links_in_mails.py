"""Links that stand for a right: each for one thing, of no use to whoever has the database."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from blog import previews
from coalition import revisions
from coalition.models import Member, Revision
from common import outbox, tokens
from flexpledge.staff import links
from pledges import housekeeping
from pledges.models import NewAddress, Pledge
from tests.blog.factories import make_post
from tests.coalition import cast
from tests.dump import dump
from tests.hostile.addresses import routes
from tests.pledges.people import a_pledge, a_supporter, answers
from tests.staff.cast import a_colleague

CODE = "abcdefghjk"  # of pledge and member alike, so that nothing but the purpose tells them apart
ROUTES = {route for route in routes() if "<str:token>" in route}
OPENS = {
    "confirm": {"/pledge/confirm/<str:token>/"},
    "not-me": {"/pledge/not-me/<str:token>/"},
    "new-address": {"/pledge/new-address/<str:token>/"},
    "mine": {
        "/pledge/mine/<str:token>/",
        "/pledge/mine/<str:token>/download/",
        "/pledge/mine/<str:token>/withdraw/",
        "/pledge/mine/<str:token>/erase/",
        "/pledge/mine/<str:token>/poster/",
    },
    "unsubscribe": {"/unsubscribe/<str:token>/"},
    "coalition-confirm": {"/coalition/confirm/<str:token>/"},
    "coalition-answer": {"/coalition/answer/<str:token>/"},
    "coalition-edit": {
        "/coalition/edit/<str:token>/",
        "/coalition/edit/<str:token>/take-back/",
    },
    "coalition-contact": {"/coalition/contact/<str:token>/"},
    "coalition-reaffirm": {"/coalition/reaffirm/<str:token>/"},
    "coalition-stop": {"/coalition/stop/<str:token>/"},
    "preview": {"/blog/preview/<str:token>/"},
    "staff": {"/admin/account/password/choose/<str:token>/"},
}
HELPS = {
    "coalition": "coalition:link",
    "staff": "account_reset_password",
    "preview": "home",
    "": "pledges:link",
}  # where one gets a new one, by how the purpose begins
POST_ONLY = {"/coalition/edit/<str:token>/take-back/"}


@pytest.fixture(autouse=True)
def no_limit(settings):
    settings.SIGN_LIMIT_PER_IP = ""


@pytest.fixture
def held(db):
    """One of each that a link can be about, and a link of each purpose."""
    now = timezone.now()
    pledge = a_supporter(code=CODE, wants_news=True)
    wanted = NewAddress.objects.create(pledge=pledge, email="new@example.org", asked_at=now)
    member = cast.a_member(code=CODE)
    entry = revisions.current_entry(member) | {"logo": None, "contact_email": "robin@example.org"}
    revision = revisions.propose(member, entry, now=now)
    colleague, post = a_colleague("robin"), make_post(status="draft")
    made = {
        purpose: pledge.token(purpose) for purpose in ("confirm", "not-me", "mine", "unsubscribe")
    }
    made |= {
        f"coalition-{purpose}": member.token(purpose)
        for purpose in ("confirm", "answer", "edit", "reaffirm", "stop")
    }
    made |= {
        "new-address": wanted.token(),
        "coalition-contact": revision.token("contact"),
        "preview": re.search(r"/preview/(.+)/$", previews.address(post))[1],
        "staff": links.make(colleague, until=now + timedelta(hours=1)),
    }
    return SimpleNamespace(pledge=pledge, member=member, colleague=colleague, tokens=made)


def rows():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Pledge, NewAddress, Member, Revision)
    ]


def opened(client, token, *, post=False):
    """The addresses that do not answer 404 to it."""
    found = set()
    for route in ROUTES:
        send = client.post if post or route in POST_ONLY else client.get
        if send(route.replace("<str:token>", token)).status_code != 404:
            found.add(route)
    return found


def test_every_address_with_a_token_stands_in_the_table():
    assert set.union(*OPENS.values()) == ROUTES


@pytest.mark.parametrize("purpose", OPENS)
def test_a_link_opens_what_it_is_for_and_nothing_else(client, held, purpose):
    assert opened(client, held.tokens[purpose]) == OPENS[purpose]


@pytest.mark.parametrize("purpose", OPENS)
def test_pressing_a_button_elsewhere_with_it_changes_nothing(client, held, purpose):
    before = rows()
    token = held.tokens[purpose]
    for route in ROUTES - OPENS[purpose]:
        assert client.post(route.replace("<str:token>", token)).status_code in (404, 405)
    assert rows() == before
    held.colleague.refresh_from_db()
    assert held.colleague.has_usable_password()


@pytest.mark.parametrize("purpose", OPENS)
def test_a_damaged_link_is_answered_with_a_404_that_helps(client, held, purpose):
    token = held.tokens[purpose]
    damaged = [
        token[:-1], token + "A", token[:-2] + ("AB" if token[-2:] != "AB" else "BA"),
        token[:10], token[10:], "x" + token[1:], token.swapcase(), "%00", "%ff" + token,
        token + "=3D", "x" * 3000, "é" * 30,
    ]  # fmt: skip
    for text in damaged:
        for route in OPENS[purpose]:
            address = route.replace("<str:token>", text)
            response = client.post(address) if route in POST_ONLY else client.get(address)
            assert response.status_code == (400 if text == "%00" else 404)
            helps = [HELPS[part] for part in HELPS if purpose.startswith(part)]
            if response.status_code == 404 and text and "/" not in text and helps:
                assert f'href="{reverse(helps[0])}"' in response.text


@pytest.mark.parametrize("purpose", sorted(OPENS.keys() - {"preview", "staff"}))
def test_a_proof_is_of_128_bits_or_more(held, purpose):
    proof = held.tokens[purpose][tokens.CODE_LENGTH :]
    assert re.fullmatch(r"[\w-]+", proof)
    assert len(proof) * 6 >= 128


def test_links_to_choose_a_password_and_to_drafts_end(client, held):
    for purpose, valid in (("preview", previews.VALID_FOR), ("staff", timedelta(hours=1))):
        (route,) = OPENS[purpose]
        address = route.replace("<str:token>", held.tokens[purpose])
        with time_machine.travel(timezone.now() + valid + timedelta(seconds=2)):
            assert client.get(address).status_code == 404


def test_links_that_strangers_were_sent_end_after_21_days(client, held):
    a_stranger = a_pledge("stranger@example.org")
    an_applicant = cast.an_applicant("Other Sample", contact_confirmed_at=None)
    addresses = [
        f"/pledge/confirm/{a_stranger.token('confirm')}/",
        f"/pledge/not-me/{a_stranger.token('not-me')}/",
        f"/pledge/new-address/{held.tokens['new-address']}/",
        f"/coalition/confirm/{an_applicant.token('confirm')}/",
        f"/coalition/contact/{held.tokens['coalition-contact']}/",
    ]
    assert {client.get(address).status_code for address in addresses} == {200}
    with time_machine.travel(
        timezone.now() + timedelta(days=settings.UNCONFIRMED_KEPT_DAYS, hours=1)
    ):
        housekeeping.purge(now=timezone.now())
        assert {client.get(address).status_code for address in addresses} == {404}


@pytest.mark.django_db(transaction=True)
def test_a_dump_of_the_database_holds_no_link_that_works(client, held):
    client.post("/pledge/", answers(email="sam@example.org"))
    client.post("/pledge/link/", {"email": held.pledge.email})
    outbox.deliver_due(now=timezone.now())
    assert len(mail.outbox) > 2
    mailed = "\n".join(one.body for one in mail.outbox)
    secrets = set(re.findall(r"/[a-z-]+/([\w-]{34,})/", mailed)) | set(held.tokens.values())
    assert len(secrets) > len(held.tokens)
    dumped = dump()
    assert "sam@example.org" in dumped
    for token in secrets:
        assert token not in dumped
        assert token[tokens.CODE_LENGTH :] not in dumped
