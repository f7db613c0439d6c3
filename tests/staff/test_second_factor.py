"""Authenticator apps and recovery codes, and what ends when they change. Passkeys need a browser."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone

from common import outbox
from tests.staff.cast import PASSWORD, a_colleague, an_app_of, code, signed_in
from tests.staff.test_signing_in import SECOND, is_in, sign_in

pytestmark = pytest.mark.django_db
ACCOUNT = "/admin/account/"


@pytest.fixture(autouse=True)
def second_factor_is_asked_for(settings, monkeypatch):
    settings.STAFF_MFA = True
    # Nothing commits in these tests; what waits for it happens at once.
    monkeypatch.setattr(transaction, "on_commit", lambda then, **options: then())


def set_up_app(client):
    secret = re.search(r"<code>(\w+)</code>", client.get(f"{ACCOUNT}app/").text)[1]
    return client.post(f"{ACCOUNT}app/", {"code": code(secret)})


def recovery_codes(client):
    return re.findall(r"<code>(\d{8})</code>", client.get(f"{ACCOUNT}recovery-codes/").text)


def told():
    """What mails tell about the account."""
    mail.outbox.clear()
    outbox.deliver_due(now=timezone.now())
    return [one.body.splitlines()[2] for one in mail.outbox]


def test_a_code_counts_once(client):
    secret = an_app_of(a_colleague("robin"))
    shown = code(secret)
    sign_in(client, "robin")
    client.post(SECOND, {"code": shown})
    cache.clear()  # as in a process that has a cache of its own
    over_the_shoulder = Client()
    sign_in(over_the_shoulder, "robin")
    assert "Incorrect code" in over_the_shoulder.post(SECOND, {"code": shown}).text
    assert not is_in(over_the_shoulder)


def test_a_clock_may_be_half_a_minute_late_but_no_more(client):
    secret = an_app_of(a_colleague("robin"))
    sign_in(client, "robin")
    assert client.post(SECOND, {"code": code(secret, late_s=90)}).status_code == HTTPStatus.OK
    assert client.post(SECOND, {"code": code(secret, late_s=30)}).status_code == HTTPStatus.FOUND


def test_a_copy_of_the_database_makes_no_codes():
    client = signed_in(a_colleague("robin"))
    secret = an_app_of(User.objects.get())
    client.post(f"{ACCOUNT}recovery-codes/new/")
    shown = recovery_codes(client)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert len(shown) == 10
    assert not [known for known in (secret, *shown) if known in stored]


def test_the_secret_survives_a_change_of_the_key(client, settings):
    secret = an_app_of(a_colleague("robin"))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another " * 8
    sign_in(client, "robin")
    assert client.post(SECOND, {"code": code(secret)}).status_code == HTTPStatus.FOUND


def test_setting_up_an_app_opens_the_admin_and_shows_recovery_codes_once(client):
    a_colleague("robin")
    sign_in(client, "robin")
    assert set_up_app(client)["Location"] == f"{ACCOUNT}recovery-codes/"
    assert len(recovery_codes(client)) == 10
    assert recovery_codes(client) == []
    assert is_in(client)
    assert "You have 10 codes left" in client.get(ACCOUNT).text


def test_a_recovery_code_lets_in_once_and_its_owner_is_told(client):
    a_colleague("robin")
    sign_in(client, "robin")
    set_up_app(client)
    kept, _another, *_ = recovery_codes(client)
    told()
    for is_first in (True, False):
        browser = Client()
        sign_in(browser, "robin")
        browser.post(SECOND, {"code": kept})
        assert is_in(browser) == is_first
    assert told() == ["A recovery code was used to sign in."]


def test_new_recovery_codes_end_the_old(client):
    robin = a_colleague("robin")
    an_app_of(robin)
    client = signed_in(robin)
    client.post(f"{ACCOUNT}recovery-codes/new/")
    old = recovery_codes(client)
    client.post(f"{ACCOUNT}recovery-codes/new/")
    assert not set(old) & set(recovery_codes(client))
    browser = Client()
    sign_in(browser, "robin")
    browser.post(SECOND, {"code": old[0]})
    assert not is_in(browser)


def test_another_factor_ends_all_other_sessions_and_its_owner_is_told():
    robin = a_colleague("robin")
    here, elsewhere = signed_in(robin), signed_in(robin)
    before = here.cookies["sessionid"].value
    set_up_app(here)
    assert here.cookies["sessionid"].value != before
    assert is_in(here)
    assert not is_in(elsewhere)
    assert "An authenticator app was set up." in told()


def test_a_new_password_ends_all_other_sessions_and_its_owner_is_told():
    robin = a_colleague("robin")
    here, elsewhere = signed_in(robin), signed_in(robin)
    new = "quite another secret"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post(f"{ACCOUNT}password/change/", form).status_code == HTTPStatus.FOUND
    assert is_in(here)
    assert not is_in(elsewhere)
    assert told() == ["Your password was changed."]


def test_without_the_last_factor_nothing_opens():
    robin = a_colleague("robin")
    an_app_of(robin)
    client = signed_in(robin)
    client.post(f"{ACCOUNT}app/remove/")
    assert client.get("/admin/")["Location"] == ACCOUNT
    assert told() == ["Your authenticator app was removed."]


def test_after_some_minutes_a_change_asks_who_is_sitting_there():
    robin = a_colleague("robin")
    client = signed_in(robin)
    assert client.get(f"{ACCOUNT}app/").status_code == HTTPStatus.OK
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        asked = client.get(f"{ACCOUNT}app/")
        assert asked["Location"] == f"{ACCOUNT}prove/?next=%2Fadmin%2Faccount%2Fapp%2F"
        proven = client.post(asked["Location"], {"password": PASSWORD})
        assert proven["Location"] == f"{ACCOUNT}app/"
        assert client.get(f"{ACCOUNT}app/").status_code == HTTPStatus.OK
