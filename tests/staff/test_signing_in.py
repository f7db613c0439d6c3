"""Who gets in, and what strangers can learn at the door."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.conf import settings as site_settings
from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.utils import timezone

from common import outbox
from flexpledge.models import Session
from tests.enumeration import KNOWN, assert_alike
from tests.staff.cast import PASSWORD, a_colleague, an_app_of, an_owner, code, signed_in

pytestmark = pytest.mark.django_db
LOGIN = "/admin/account/login/"
SECOND = "/admin/account/login/second-factor/"


@pytest.fixture(autouse=True)
def second_factor_is_asked_for(settings):
    settings.STAFF_MFA = True


def sign_in(client, name, password=PASSWORD, **asked):
    return client.post(LOGIN, {"login": name, "password": password}, **asked)


def is_in(client):
    return client.get("/admin/").status_code == HTTPStatus.OK


@pytest.mark.parametrize("name", ["robin", "ROBIN", "robin@example.org", "Robin@Example.ORG"])
def test_login_name_or_address_and_password_lead_to_the_second_factor(client, name):
    secret = an_app_of(a_colleague("robin"))
    assert sign_in(client, name)["Location"] == SECOND
    assert not is_in(client)
    assert client.post(SECOND, {"code": code(secret)})["Location"] == "/admin/"
    assert is_in(client)


def test_after_signing_in_one_lands_where_one_wanted_to_go(client):
    secret = an_app_of(an_owner("robin"))
    asked = client.get("/admin/blog/post/", follow=True)
    target = re.search(r'name="next" value="([^"]+)"', asked.text)[1]
    client.post(LOGIN, {"login": "robin", "password": PASSWORD, "next": target})
    assert client.post(SECOND, {"code": code(secret)})["Location"] == "/admin/blog/post/"


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example/", "\\\\e.example"]
)
def test_nobody_is_led_to_another_site(client, target):
    secret = an_app_of(a_colleague("robin"))
    assert target not in client.get(LOGIN, {"next": target}).text
    client.post(f"{LOGIN}?next={target}", {"login": "robin", "password": PASSWORD, "next": target})
    assert client.post(SECOND, {"code": code(secret)})["Location"] == "/admin/"


def test_without_a_second_factor_signing_in_leads_to_setting_one_up(client):
    a_colleague("robin")
    assert sign_in(client, "robin")["Location"] == "/admin/"
    assert client.get("/admin/")["Location"] == "/admin/account/"
    assert "Nothing else opens until then" in client.get("/admin/account/").text


def test_a_session_from_before_the_second_factor_is_ended(client):
    robin = a_colleague("robin")
    sign_in(client, "robin")
    an_app_of(robin)
    assert client.get("/admin/account/")["Location"].startswith(LOGIN)
    assert SESSION_KEY not in client.session


def test_on_a_developers_machine_a_password_is_enough(client, settings):
    settings.STAFF_MFA = False
    an_owner()
    sign_in(client, "owner")
    assert is_in(client)


@pytest.mark.parametrize("facts", [{"is_active": False}, {"is_staff": False}])
def test_who_has_left_and_who_was_never_staff_are_nobody(client, facts):
    a_colleague("robin", **facts)
    a_stranger = sign_in(Client(), "nobody")
    answer = sign_in(client, "robin")
    assert answer.status_code == a_stranger.status_code == HTTPStatus.OK
    assert SESSION_KEY not in client.session


def test_a_session_ends_when_its_owner_is_deactivated():
    robin = a_colleague("robin")
    client = signed_in(robin)
    assert is_in(client)
    robin.is_active = False
    robin.save()
    assert not is_in(client)


@pytest.mark.parametrize("address", ["account/signup/", "account/email/", "account/inactive/"])
def test_nobody_signs_up(client, address):
    assert client.get(f"/admin/{address}", follow=True).redirect_chain[-1][0].startswith(LOGIN)


# --- what strangers can learn ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["robin", "robin@example.org", "invited", "left", "never"])
def test_a_known_and_an_unknown_name_cannot_be_told_apart(settings, monkeypatch, name):
    settings.LOGIN_FAILURES = ""
    a_colleague("robin")
    a_colleague("invited").set_unusable_password()
    get_user_model().objects.filter(username="invited").update(password="!unusable")
    a_colleague("left", is_active=False)
    a_colleague("never", is_staff=False)
    hashed = []
    encode = MD5PasswordHasher.encode

    def counted(self, *args, **kwargs):
        hashed.append(self)
        return encode(self, *args, **kwargs)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)

    def told(name):
        hashed.clear()
        answer = sign_in(Client(), name, "wrong")
        text = re.sub(r'(csrfmiddlewaretoken" value="|nonce-)[^"\']+', "", answer.text)
        random = ("Content-Security-Policy", "Expires")  # a nonce, and the second it is
        headers = {name: value for name, value in answer.items() if name not in random}
        return answer.status_code, text.replace(name, ""), headers, set(answer.cookies), len(hashed)

    assert told(name) == told(f"z{name[1:]}")


@pytest.mark.parametrize("path", [LOGIN, "/admin/account/password/forgotten/"])
def test_not_even_by_the_time_it_takes(client, settings, path):
    settings.LOGIN_FAILURES = settings.SIGN_LIMIT_PER_IP = ""
    for address in KNOWN:
        a_colleague(address, email=address)
    client.get(path)  # from now on the process knows its site
    form = {"password": "wrong"}
    assert_alike(client, lambda address: (path, {"login": address, "email": address} | form))


def test_asking_for_a_new_password_is_answered_the_same_and_mails_only_staff(client, mailoutbox):
    a_colleague("robin")
    a_colleague("left", is_active=False)
    addresses = ["robin@example.org", "left@example.org", "nobody@example.org"]
    answers = [client.post("/admin/account/password/forgotten/", {"email": a}) for a in addresses]
    assert {(a.status_code, a["Location"], a.content) for a in answers} == {
        (303, "/admin/account/password/forgotten/sent/", b"")
    }
    outbox.deliver_due(now=timezone.now())
    assert [mail.to for mail in mailoutbox] == [["robin@example.org"]]


# --- cookies and sessions -------------------------------------------------------------------------


def test_signing_in_gives_the_session_a_new_key(client):
    secret = an_app_of(a_colleague("robin"))
    sign_in(client, "robin")
    before = client.cookies[site_settings.SESSION_COOKIE_NAME].value
    client.post(SECOND, {"code": code(secret)})
    assert client.cookies[site_settings.SESSION_COOKIE_NAME].value != before
    assert Session.objects.count() == 1
    client.cookies[site_settings.SESSION_COOKIE_NAME] = before
    assert not is_in(client)


def test_what_the_database_keeps_of_a_session_signs_nobody_in():
    client = signed_in(an_owner())
    assert is_in(client)
    (kept,) = Session.objects.values_list("session_key", flat=True)
    client.cookies[site_settings.SESSION_COOKIE_NAME] = kept
    assert not is_in(client)


def test_signing_out_ends_the_session_in_the_database():
    client = signed_in(an_owner())
    client.post("/admin/logout/")
    assert not Session.objects.exists()


def test_a_session_ends_after_eight_hours_without_a_request():
    client = signed_in(an_owner())
    start = timezone.now()
    for hours in (7, 14):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            assert is_in(client)
    with time_machine.travel(start + timedelta(hours=22, minutes=1), tick=False):
        assert not is_in(client)


def test_reading_on_does_not_write_the_session_every_time(django_assert_num_queries):
    client = signed_in(an_owner())
    with time_machine.travel(timezone.now() + timedelta(minutes=4), tick=False):
        assert site_settings.SESSION_COOKIE_NAME not in client.get("/admin/jsi18n/").cookies
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        assert site_settings.SESSION_COOKIE_NAME in client.get("/admin/jsi18n/").cookies


def test_pages_of_staff_are_kept_by_no_cache_and_found_by_no_search_engine(client):
    for answer in (client.get(LOGIN), signed_in(an_owner()).get("/admin/"), client.get("/admin/")):
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_in_production_every_cookie_is_bound_to_the_host(settings):
    names = [
        *(f"{kind}_COOKIE_{part}" for kind in ("SESSION", "CSRF") for part in ("NAME", "SECURE"))
    ]
    told = subprocess.run(
        [sys.executable, "-c", f"from flexpledge import settings as s\nfor n in {names}: print(getattr(s, n))"],
        env=os.environ | {"DEBUG": "false", "SECRET_KEY": "s" * 50, "LOCALPG": "true"},
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    session, is_secure, csrf, is_csrf_secure = told
    assert is_secure == is_csrf_secure == "True"
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = session, csrf
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    secret = an_app_of(a_colleague("mia", "Manager"))
    browser = Client(headers={"X-Forwarded-Proto": "https"})
    browser.get(LOGIN, secure=True)
    sign_in(browser, "mia", secure=True)
    browser.post(SECOND, {"code": code(secret)}, secure=True)
    browser.post("/admin/auth/user/add/", {"email": "sam@example.org", "groups": "1"}, secure=True)
    assert len(browser.cookies) == 3
    for name, cookie in browser.cookies.items():
        assert name.startswith("__Host-")
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert (cookie["path"], cookie["domain"]) == ("/", "")


def test_public_pages_still_set_no_cookie(client):
    answer = client.get("/about/")
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
