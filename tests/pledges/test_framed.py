"""The form in a frame on somebody else's page: same reception, same answers, nothing that follows."""

import re

import pytest
from django.db import OperationalError
from django.utils import timezone

from common.models import OutboxMessage
from pledges import reception
from pledges.models import Pledge
from tests.pledges.people import a_pledge, a_supporter, answers
from tests.test_house_front_page import a_member, count_stands_at

pytestmark = pytest.mark.django_db
FROM_THE_FRAME = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "iframe"}


def sign(client, **changes):
    return client.post("/embed/", answers(**changes), headers=FROM_THE_FRAME)


def may_be_framed(answer):
    """Whether a browser would show the answer in a frame of another site; half a yes is a fault."""
    policy = answer["Content-Security-Policy"].split("; ")
    opened = "frame-ancestors *" in policy
    assert opened != ("frame-ancestors 'none'" in policy)
    assert opened != answer.has_header("X-Frame-Options")
    return opened


def test_signing_in_the_frame_stores_a_pledge_and_its_mail_and_goes_on_in_the_frame(client):
    sam = a_supporter("sam@example.org")
    page = client.get("/embed/", {"via": sam.code})
    assert may_be_framed(page)
    assert f'name="via" value="{sam.code}"' in page.text
    answer = sign(client, via=sam.code, show_name="on")
    assert (answer.status_code, answer["Location"]) == (303, "/embed/check-email/")
    pledge = Pledge.objects.get(email="robin@example.org")
    assert pledge.referrer == sam
    assert pledge.shows_name
    assert OutboxMessage.objects.filter(recipient="robin@example.org").count() == 1
    after = client.get(answer["Location"])
    assert may_be_framed(after)
    assert "check your email" in after.text


def test_a_members_code_rides_along(client):
    member = a_member()
    assert f'value="{member.code}"' in client.get("/embed/", {"via": member.code}).text
    sign(client, via=member.code)
    assert Pledge.objects.get().member == member


@pytest.mark.parametrize("via", ["", "x", '"><script>', "2222222222" * 20, "%F0%9F%98%80"])
def test_a_code_that_cannot_be_one_is_left_out(client, via):
    page = client.get("/embed/", {"via": via})
    assert page.status_code == 200
    assert re.search(r'<input type="hidden" name="via"[^>]*>', page.text)[0].count("value=") == 0


def test_errors_are_told_in_the_frame_and_nothing_typed_is_lost(client):
    answer = sign(client, email="robin@example", via="2222222222")
    assert answer.status_code == 422
    assert may_be_framed(answer)
    assert "There is a problem" in answer.text
    assert '<a href="#id_email">' in answer.text
    assert 'value="Robin Example"' in answer.text
    assert 'value="robin@example"' in answer.text
    assert 'value="2222222222"' in answer.text
    assert "<title>Error: " in answer.text


def test_whoever_signs_gets_the_same_answer(client):
    a_pledge("waiting@example.org")
    a_supporter("in@example.org")
    told = {
        (answer.status_code, answer["Location"], answer.content)
        for answer in (
            sign(client, email=email)
            for email in ("waiting@example.org", "in@example.org", "new@example.org")
        )
    }
    assert len(told) == 1


def test_a_filled_trap_is_as_suspicious_as_on_the_page(client):
    assert 'name="leave_empty"' in client.get("/embed/").text
    assert sign(client, leave_empty="I am a program").status_code == 303
    assert Pledge.objects.get().quarantined_at


def test_frame_and_page_share_one_limit_and_its_answer_is_shown_in_the_frame(client, settings):
    settings.SIGN_LIMIT_PER_IP = "2/1h"
    client.post("/pledge/", answers(email="a@example.org"))
    sign(client, email="b@example.org")
    answer = sign(client, email="c@example.org")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert may_be_framed(answer)
    assert "<header" not in answer.text
    assert Pledge.objects.count() == 2


def test_an_outage_is_told_in_the_frame(client, monkeypatch):
    def gone(**_):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(reception, "sign", gone)
    answer = sign(client)
    assert answer.status_code == 503
    assert may_be_framed(answer)
    assert "<header" not in answer.text


def test_another_page_cannot_post_into_the_frame(client):
    answer = client.post("/embed/", answers(), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert may_be_framed(answer)  # our words rather than the browser's, in a sandboxed frame
    assert not Pledge.objects.exists()


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_refused(client, method):
    assert getattr(client, method)("/embed/").status_code == 405
    assert getattr(client, method)("/embed/check-email/").status_code == 405


def test_looking_changes_nothing_and_sets_no_cookie(client):
    for address in ("/embed/", "/embed/check-email/", "/embed/code/"):
        for look in (client.get, client.head):
            answer = look(address)
            assert answer.status_code == 200
            assert not answer.cookies
            assert not answer.has_header("Vary")
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("address", ["/embed/", "/embed/check-email/"])
def test_nothing_in_the_frame_runs_follows_or_leads_away(client, address):
    page = client.get(address).text
    assert "<script" not in page
    assert '<meta name="robots" content="noindex">' in page
    assert '<base target="_blank">' in page
    assert re.findall(r'(?:src|href|action)="(?!/|#)', page) == []


@pytest.mark.parametrize(
    ("total", "words"),
    [
        (0, "Be the first to back work flexibility"),
        (1, "1 person backs work flexibility"),
        (12_408, "12,408 people back work flexibility"),
        (1_000_000, "1,000,000 people back work flexibility"),
    ],
)
def test_the_frame_tells_the_count(client, total, words):
    count_stands_at(total)
    assert words in client.get("/embed/").text


def test_only_the_frame_may_be_framed(client):
    sam = a_supporter("sam@example.org")
    for address in (
        *("/", "/pledge/", "/pledge/check-email/", "/pledge/link/", "/embed/code/", "/count/"),
        *("/supporters/", "/coalition/", "/coalition/apply/", "/blog/", "/about/", "/nowhere/"),
        *("/badge.svg", "/count.json", "/admin/login/", sam.join_path, sam.get_absolute_url()),
        *(f"/pledge/{what}/{sam.token(what)}/" for what in ("confirm", "mine", "not-me")),
    ):
        assert not may_be_framed(client.get(address)), address
    assert not may_be_framed(client.post("/pledge/", answers()))
    assert not may_be_framed(client.post("/pledge/", answers(email="x")))


def test_a_pledge_from_the_frame_is_confirmed_on_a_page_of_its_own(client):
    sign(client)
    pledge = Pledge.objects.get()
    answer = client.post(f"/pledge/confirm/{pledge.token('confirm')}/")
    assert answer.status_code == 303
    assert not may_be_framed(answer)
    pledge.refresh_from_db()
    assert pledge.confirmed_at <= timezone.now()
