"""Floods: of mails to one address, and of forms from one place."""

from datetime import timedelta
from threading import Event, Thread

import pytest
import time_machine
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from common import addresses
from common.models import OutboxMessage
from pledges.models import Pledge
from tests.coalition import cast
from tests.pledges.people import a_supporter, answers
from tests.staff.cast import PASSWORD, a_colleague

pytestmark = pytest.mark.django_db
VICTIM = "vic.tim@gmail.com"
SPELLINGS = ["vic.tim@gmail.com", "VICTIM@gmail.com", "v.i.c.t.i.m+x@googlemail.com"]


@pytest.fixture(autouse=True)
def early_in_a_minute():
    """So that no test crosses into the next window of a limit."""
    with time_machine.travel("2026-11-23T10:00:01Z"):
        yield


def a_new_contact(address, number):
    """Somebody who owns a member names the victim as its contact."""
    member = cast.a_member(f"Sample {number}", slug=f"sample-{number}")
    return cast.edit_page(member), cast.entry(name=member.name, contact_email=address)


FORMS = {
    "sign": lambda address, _: ("/pledge/", answers(email=address)),
    "sign in a frame": lambda address, _: ("/embed/", answers(email=address)),
    "resend": lambda address, _: ("/pledge/resend/", {"email": address}),
    "link": lambda address, _: ("/pledge/link/", {"email": address}),
    "apply": lambda address, number: (
        cast.APPLY,
        cast.answers(contact_email=address, name=f"Example {number}"),
    ),
    "link of a member": lambda address, _: ("/coalition/link/", {"email": address}),
    "contact": a_new_contact,
    "password of staff": lambda address, _: (
        "/admin/account/password/forgotten/",
        {"email": address},
    ),
}


def bomb(kind, number):
    """One request a minute, so not a repeated press, from a network that asks only this once."""
    path, form = FORMS[kind](SPELLINGS[number % len(SPELLINGS)], number)
    network = f"198.51.{number}.1" if number % 2 else f"2001:db8:{number:x}::1"
    with time_machine.travel(timezone.now() + timedelta(minutes=number)):
        return Client(REMOTE_ADDR=network).post(path, form).status_code


def mails_to(address):
    digest = addresses.keyed_hash(addresses.canonical(address))
    return OutboxMessage.objects.filter(recipient_hash=digest)


@pytest.mark.parametrize("kind", FORMS)
def test_each_form_mails_an_address_three_times_a_day_from_wherever_it_is_asked(kind):
    assert {bomb(kind, number) for number in range(8)} <= {302, 303}
    assert mails_to(VICTIM).count() == 3


def test_all_forms_together_mail_an_address_no_more_from_two_hundred_networks():
    kinds = list(FORMS)
    answers = {bomb(kinds[number % len(kinds)], number) for number in range(200)}
    assert answers <= {302, 303}
    assert mails_to(VICTIM).count() == 3
    assert not mails_to(VICTIM).filter(quota_slot=None).exists()


def test_who_is_bombed_still_gets_in_the_next_day(client):
    for number in range(10):
        bomb("resend", number)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        client.post("/pledge/", answers(email=VICTIM))
    assert mails_to(VICTIM).count() == 4
    assert Pledge.objects.of(VICTIM).exists()


# --- from one place -------------------------------------------------------------------------------


def sign(number, peer, **headers):
    form = answers(email=f"{number}@example.org")
    return Client(REMOTE_ADDR=peer, headers=headers).post("/pledge/", form)


def test_a_school_of_three_hundred_behind_one_address_gets_in_within_minutes():
    """All press at once; whoever is asked to wait presses again when told to."""
    waiting, minutes = list(range(300)), 0
    moment = timezone.now()
    while waiting:
        with time_machine.travel(moment + timedelta(minutes=minutes), tick=False):
            refused = []
            for pupil in waiting:
                response = sign(pupil, "203.0.113.9")
                if response.status_code == 429:
                    assert 0 < int(response["Retry-After"]) <= 60
                    refused.append(pupil)
            assert len(refused) == max(0, len(waiting) - 60)
            waiting, minutes = refused, minutes + 1
    assert minutes == 5
    assert Pledge.objects.count() == OutboxMessage.objects.count() == 300


def test_whoever_goes_through_the_networks_of_a_48_gets_ten_times_one_network_and_no_more(settings):
    settings.SIGN_LIMIT_PER_IP = "2/1m"
    answers = [sign(number, f"2001:db8:7:{number:x}::1").status_code for number in range(30)]
    assert answers == [303] * 20 + [429] * 10
    assert sign(40, "2001:db8:8::1").status_code == 303
    assert sign(41, "203.0.113.9").status_code == 303


def test_what_one_household_is_refused_uses_up_nothing_of_its_neighbours(settings):
    settings.SIGN_LIMIT_PER_IP = "2/1m"
    answers = [sign(number, "2001:db8:7:1::1").status_code for number in range(40)]
    assert answers == [303] * 2 + [429] * 38
    assert sign(50, "2001:db8:7:2::1").status_code == 303


@pytest.mark.parametrize(
    ("proxies", "forwarded"),
    [
        (0, "198.51.100.{}"),
        (1, "198.51.100.{}, 203.0.113.50"),
        (2, "{}.1.1.1, 203.0.113.9, 10.0.0.1"),
    ],
)
def test_an_invented_forwarded_for_makes_nobody_somebody_else(settings, proxies, forwarded):
    settings.SIGN_LIMIT_PER_IP = "2/1m"
    settings.TRUSTED_PROXY_COUNT = proxies
    answers = [
        sign(number, "203.0.113.9", **{"x-forwarded-for": forwarded.format(number)}).status_code
        for number in range(4)
    ]
    assert answers == [303, 303, 429, 429]
    assert {pledge.network for pledge in Pledge.objects.all()} == {"203.0.113.0/24"}


# --- where nothing can be counted -----------------------------------------------------------------


@pytest.fixture
def limits_locked():
    """Somebody holds the table of the limits, and will not let go."""
    locked, done = Event(), Event()

    def hold():
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE common_ratewindow IN ACCESS EXCLUSIVE MODE")
            locked.set()
            done.wait()
            cursor.execute("ROLLBACK")
        connections.close_all()

    thread = Thread(target=hold)
    thread.start()
    locked.wait()
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")  # of the 4 s, to be quick here
    yield
    done.set()
    thread.join()
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")


@pytest.mark.django_db(transaction=True)
def test_with_the_limits_locked_people_still_sign_and_nobody_signs_in_as_staff(request):
    colleague = a_colleague("robin")
    request.getfixturevalue("limits_locked")
    assert sign(1, "203.0.113.9").status_code == 303
    assert Pledge.objects.count() == OutboxMessage.objects.count() == 1
    login = {"login": colleague.username, "password": PASSWORD}
    refused = Client().post("/admin/account/login/", login)
    assert refused.status_code == 503
    assert not refused.cookies.get("sessionid")


def test_with_the_cache_down_people_still_sign_and_read(settings, client):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1",
        }
    }
    settings.PAGE_FRESH_S = 1
    supporter = a_supporter("sam@example.org", shows_name=True)
    assert client.get("/supporters/").status_code == 200
    assert client.get(f"{supporter.join_path}card.png").status_code == 200
    assert sign(1, "203.0.113.9").status_code == 303
