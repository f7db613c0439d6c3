from datetime import timedelta

import pytest
from django.utils import timezone

from common import addresses, outbox
from common.models import OutboxMessage, SuppressedAddress
from pledges import wordings
from pledges.models import Pledge, Voice
from tests.pledges.people import a_pledge, a_supporter, answers

pytestmark = pytest.mark.django_db


def sign(client, **changes):
    return client.post("/pledge/", answers(**changes))


def test_signing_stores_pledge_and_mail_and_leads_on(client):
    response = sign(client, show_name="on", flexibility=["remote", "freelance"])
    assert response.status_code == 303
    assert response["Location"] == "/pledge/check-email/"
    pledge = Pledge.objects.get()
    assert (pledge.email, pledge.name, pledge.country) == (
        "robin@example.org",
        "Robin Example",
        "CA",
    )
    assert (pledge.shows_name, pledge.wants_news) == (True, False)
    assert pledge.flexibility == ["remote", "freelance"]
    assert pledge.wording == wordings.CURRENT
    assert pledge.confirmed_at is None
    mail = OutboxMessage.objects.get()
    assert (mail.kind, mail.recipient) == ("pledge-signed", "robin@example.org")


def test_no_cookie_is_set_on_the_way(client):
    assert not client.get("/pledge/").cookies
    assert not sign(client).cookies
    assert not client.get("/pledge/check-email/").cookies


def test_a_reason_waits_for_moderation(client):
    sign(client, reason="Because the school run\r\nmatters.")
    voice = Voice.objects.get()
    assert voice.text == "Because the school run\nmatters."
    assert voice.status == Voice.Status.PENDING


@pytest.mark.parametrize("owner", [None, a_pledge, a_supporter])
def test_the_answer_is_the_same_whoever_owns_the_address(client, owner):
    if owner:
        owner()
    response = sign(client)
    assert (response.status_code, response["Location"]) == (303, "/pledge/check-email/")
    assert Pledge.objects.count() == 1


@pytest.mark.parametrize(
    ("owner", "subject"),
    [
        (None, "Confirm your name"),
        (a_pledge, "Confirm your name"),
        (a_supporter, "You are already in"),
    ],
)
def test_only_the_mail_tells_the_owner(client, mailoutbox, owner, subject):
    if owner:
        owner()
    OutboxMessage.objects.all().delete()
    sign(client, email="ROBIN+other@example.org")
    outbox.deliver_due(now=timezone.now())
    (mail,) = mailoutbox
    assert mail.subject == subject
    assert mail.to == ["robin@example.org" if owner else "ROBIN+other@example.org"]


def test_signing_again_changes_nothing_of_what_was_signed(client):
    sign(client, name="Robin Example")
    sign(client, name="Mallory Mock", newsletter="on")
    pledge = Pledge.objects.get()
    assert (pledge.name, pledge.wants_news) == ("Robin Example", False)


@pytest.mark.parametrize(
    "spelling", ["ROBIN@example.org", "robin+news@example.org", "robin@EXAMPLE.ORG"]
)
def test_another_spelling_of_an_address_is_the_same_person(client, spelling):
    sign(client)
    sign(client, email=spelling)
    assert Pledge.objects.count() == 1


def test_mails_to_an_address_are_capped_whoever_asks_and_however_it_is_spelt(
    client, settings, time_machine
):
    settings.MAILS_PER_ADDRESS_PER_DAY = 3
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)
    for tag in range(6):
        time_machine.shift(timedelta(minutes=1))
        sign(client, email=f"robin+{tag}@example.org")
    assert OutboxMessage.objects.count() == 3


def test_a_button_pressed_twice_sends_one_mail(client, time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)
    sign(client)
    sign(client)
    assert OutboxMessage.objects.count() == 1
    time_machine.shift(timedelta(seconds=outbox.REPEATED_WITHIN_S + 1))
    sign(client)
    assert OutboxMessage.objects.count() == 2


def test_who_withdrew_and_signs_again_at_once_gets_the_mail_again(client, time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)
    sign(client)
    Pledge.objects.update(withdrawn_at=timezone.now())
    sign(client)
    assert OutboxMessage.objects.count() == 2


def test_the_cap_ends_with_the_day(client, settings, time_machine):
    settings.MAILS_PER_ADDRESS_PER_DAY = 1
    time_machine.move_to("2026-11-23T23:00:00Z")
    sign(client)
    sign(client)
    assert OutboxMessage.objects.count() == 1
    time_machine.move_to("2026-11-24T01:00:00Z")
    sign(client)
    assert OutboxMessage.objects.count() == 2


def test_an_address_that_asked_to_be_left_alone_is_not_mailed(client):
    SuppressedAddress.objects.create(
        address_hash=addresses.keyed_hash("robin@example.org"), created_at=timezone.now()
    )
    assert sign(client).status_code == 303
    assert not OutboxMessage.objects.exists()


def test_somebody_who_withdrew_may_sign_again(client):
    first = a_supporter()
    Pledge.objects.filter(pk=first.pk).update(withdrawn_at=timezone.now())
    sign(client)
    assert Pledge.objects.live().count() == 1
    assert Pledge.objects.count() == 2


def test_a_friend_is_linked_to_whoever_invited_them(client):
    inviter = a_supporter("sam@example.org")
    sign(client, via=inviter.code)
    assert Pledge.objects.get(email="robin@example.org").referrer == inviter


@pytest.mark.parametrize("via", ["nonsense", "2222222222", "../../etc", "x" * 5000])
def test_a_link_that_leads_to_nobody_does_not_stop_anyone(client, via):
    assert sign(client, via=via).status_code == 303
    assert Pledge.objects.get().referrer is None


def test_an_unconfirmed_pledge_has_no_friends_yet(client):
    sign(client, via=a_pledge("sam@example.org").code)
    assert Pledge.objects.get(email="robin@example.org").referrer is None


def test_a_filled_trap_is_answered_alike_and_waits_for_a_look(client):
    response = sign(client, leave_empty="https://spam.example")
    assert (response.status_code, response["Location"]) == (303, "/pledge/check-email/")
    assert Pledge.objects.get().quarantined_at
    assert OutboxMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("name", "", "Enter your name"),
        ("name", "   ", "Enter your name"),
        ("name", "n" * 201, "Shorten this: it is 1 characters over"),
        ("name", "Robin <b>", "Leave out the characters"),
        ("name", "visit https://spam.example/now", "Leave out links"),
        ("name", "Win at spam.com today", "Leave out links"),
        ("name", "Robin\u202eelpmaxE", "hidden control characters"),
        ("name", "Robin\x00", "hidden control characters"),
        ("name", "Robin\nBcc: all@example.org", "hidden control characters"),
        ("email", "", "Enter your email address"),
        ("email", "robin@example", "Enter an email address in the format name@example.com"),
        ("email", "robin\x00@example.org", ""),
        ("email", f"{'r' * 250}@example.org", "254 characters are the most"),
        ("email", "robin@example.org, sam@example.org", "Enter an email address in the format"),
        (
            "email",
            "robin@example.org\nBcc: sam@example.org",
            "Enter an email address in the format",
        ),
        ("country", "", "Choose your country"),
        ("country", "XX", "Choose a country from the list"),
        ("flexibility", "gravity", "Choose from the four kinds"),
        ("reason", "r" * 294, "it is 14 characters over the limit of 280"),
        ("reason", "see http://spam.example", "Leave out links"),
        ("region", "r" * 101, "Shorten this"),
    ],
)
def test_a_form_that_does_not_do_gets_a_kind_422_and_stores_nothing(client, field, typed, message):
    response = sign(client, **{field: typed})
    assert response.status_code == 422
    page = response.content.decode()
    assert "There is a problem" in page
    assert "<title>Error:" in page
    assert message in page
    assert not Pledge.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_nothing_typed_is_lost_by_an_error(client):
    page = sign(
        client,
        email="robin@example",
        reason="Because & so",
        flexibility=["schedule"],
        show_name="on",
        region="Québec",
        via="abcdefghjk",
    ).content.decode()
    assert 'value="Robin Example"' in page
    assert 'value="robin@example"' in page
    assert "Because &amp; so" in page
    assert 'value="Québec"' in page
    assert 'value="CA" selected' in page
    assert 'value="abcdefghjk"' in page
    assert page.count("checked") == 2


@pytest.mark.parametrize(
    "name",
    [
        "O’Neill",
        "D'Arcy",
        "José",
        "王小明",
        "محمد",
        "Zoë 👩‍👩‍👧",
        "X Æ A-12",
        "Dr. Ana St.James",
        "n" * 200,
        "B",
    ],
)
def test_names_of_all_scripts_are_taken(client, name):
    assert sign(client, name=name).status_code == 303
    assert Pledge.objects.get().name == name


def test_bytes_that_are_no_text_get_a_422(client):
    response = client.post(
        "/pledge/",
        b"name=Robin%ED%A0%80&email=robin%40example.org&country=CA",
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 422


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_site_cannot_post_our_form(client, headers):
    response = client.post("/pledge/", answers(), headers=headers)
    assert response.status_code == 403
    assert not Pledge.objects.exists()


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}]
)
def test_our_own_pages_can(client, headers):
    assert client.post("/pledge/", answers(), headers=headers).status_code == 303


def test_a_client_past_its_limit_is_asked_to_wait(client, settings):
    settings.SIGN_LIMIT_PER_IP = "2/1m"
    for number in range(2):
        assert sign(client, email=f"{number}@example.org").status_code == 303
    response = sign(client, email="3@example.org")
    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 60
    assert Pledge.objects.count() == 2


def test_an_unreachable_database_is_no_false_thank_you(client, monkeypatch):
    from django.db import OperationalError

    from pledges import reception

    def gone(**kwargs):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(reception, "sign", gone)
    response = sign(client)
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client, method):
    assert getattr(client, method)("/pledge/").status_code == 405


def test_looking_changes_nothing(client):
    for address in ("/pledge/", "/pledge/check-email/", "/pledge/link/", "/supporters/", "/count/"):
        assert client.get(address).status_code == 200
        assert client.head(address).status_code == 200
    assert not Pledge.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_every_view_without_csrf_cookie_refuses_posts_of_other_sites():
    from django.urls import get_resolver

    def views(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                if pattern.app_name != "admin":
                    yield from views(pattern.url_patterns)
            else:
                yield pattern

    unguarded = [
        pattern
        for pattern in views(get_resolver().url_patterns)
        if getattr(pattern.callback, "csrf_exempt", False)
        and not getattr(pattern.callback, "refuses_cross_site_posts", False)
    ]
    assert not unguarded


def test_the_form_promises_the_next_number(client):
    a_supporter()
    assert "be number 2" in client.get("/pledge/").content.decode()


def test_resending_is_answered_alike_for_known_and_unknown_addresses(client, mailoutbox):
    a_pledge("waiting@example.org")
    a_supporter("in@example.org")
    OutboxMessage.objects.all().delete()
    for address in ("waiting@example.org", "in@example.org", "nobody@example.org"):
        response = client.post("/pledge/resend/", {"email": address})
        assert (response.status_code, response["Location"]) == (303, "/pledge/check-email/?again")
    outbox.deliver_due(now=timezone.now())
    assert {mail.to[0]: mail.subject for mail in mailoutbox} == {
        "waiting@example.org": "Confirm your name",
        "in@example.org": "You are already in",
    }


def test_an_address_that_never_signed_is_not_kept(client):
    client.post("/pledge/resend/", {"email": "nobody@example.org"})
    outbox.deliver_due(now=timezone.now())
    assert OutboxMessage.objects.get().recipient == ""


def test_resending_to_no_address_gets_a_422(client):
    response = client.post("/pledge/resend/", {"email": "nonsense"})
    assert response.status_code == 422
    assert "Enter an email address in the format" in response.content.decode()


def test_unconfirmed_pledges_and_their_mails_are_purged_when_their_time_is_over(settings):
    from pledges import housekeeping

    settings.UNCONFIRMED_KEPT_DAYS = 21
    now = timezone.now()
    a_pledge("old@example.org", now=now - timedelta(days=22), reason="Old.")
    a_pledge("young@example.org", now=now - timedelta(days=20))
    a_supporter("in@example.org", now=now - timedelta(days=90))
    assert housekeeping.purge(now=now, dry_run=True)["unconfirmed pledges"] == 1
    assert Pledge.objects.count() == 3
    assert housekeeping.purge(now=now)["unconfirmed pledges"] == 1
    assert {"young@example.org", "in@example.org"} == set(
        Pledge.objects.values_list("email", flat=True)
    )
