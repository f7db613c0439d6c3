"""Guessing is slow, and nobody can lock a colleague out."""

from datetime import timedelta
from http import HTTPStatus
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import OperationalError, connection, connections
from django.test import Client
from django.utils import timezone

from flexpledge.staff import limits
from tests.staff.cast import PASSWORD, a_colleague, an_app_of, code, signed_in
from tests.staff.test_signing_in import SECOND, sign_in

pytestmark = pytest.mark.django_db
WRONG_PASSWORD = "not the right one"
WRONG, RIGHT, REFUSED = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.TOO_MANY_REQUESTS


@pytest.fixture(autouse=True)
def early_in_a_window(settings):
    """So that no test crosses into the next quarter of an hour."""
    settings.STAFF_MFA = True
    settings.LOGIN_FAILURES = "3/15m"
    now = timezone.now()
    quarter = now.replace(minute=now.minute // 15 * 15, second=5) + timedelta(minutes=15)
    with time_machine.travel(quarter):
        yield


def attempt(name, password=WRONG_PASSWORD, *, network="192.0.2.1", client=None):
    return sign_in(client or Client(), name, password, REMOTE_ADDR=network).status_code


def test_one_network_gets_few_guesses_at_one_name_and_then_not_even_the_right_one_works():
    a_colleague("robin")
    assert [attempt("robin") for _ in range(4)] == [WRONG, WRONG, WRONG, REFUSED]
    assert attempt("robin", PASSWORD) == REFUSED
    assert attempt("ROBIN") == REFUSED


def test_a_refusal_says_when_to_come_back_and_what_to_do_meanwhile():
    for _ in range(4):
        answer = sign_in(Client(), "robin", "wrong")
    assert 0 < int(answer["Retry-After"]) <= 15 * 60
    assert "You need not wait if you can read your mail" in answer.text


def test_the_next_window_is_open_again():
    a_colleague("robin")
    for _ in range(4):
        attempt("robin")
    with time_machine.travel(timezone.now() + timedelta(minutes=15)):
        assert attempt("robin", PASSWORD) == RIGHT


def test_a_colleague_elsewhere_does_not_notice():
    a_colleague("robin")
    for _ in range(40):
        attempt("robin")
    assert attempt("robin", PASSWORD, network="198.51.100.7") == RIGHT


def test_names_that_are_nobodys_are_counted_the_same():
    assert [attempt("nobody") for _ in range(4)] == [WRONG, WRONG, WRONG, REFUSED]


def test_one_network_cannot_go_through_all_names():
    answers = [attempt(f"name{number}") for number in range(16)]
    assert answers == [WRONG] * 15 + [REFUSED]


def test_an_ipv6_network_is_one_however_many_addresses_it_has():
    answers = [attempt("robin", network=f"2001:db8::{number}") for number in range(1, 5)]
    assert answers == [WRONG, WRONG, WRONG, REFUSED]


def test_many_networks_together_are_stopped_but_for_the_browser_known_before():
    a_colleague("robin")
    known = Client()
    assert attempt("robin", PASSWORD, client=known) == RIGHT
    known.post("/admin/account/logout/")
    for number in range(31):
        last = attempt("robin", network=f"203.0.113.{number}")
    assert last == REFUSED
    assert attempt("robin", PASSWORD, network="198.51.100.7") == REFUSED
    assert attempt("robin", PASSWORD, network="198.51.100.7", client=known) == RIGHT


def test_a_known_browser_guesses_no_faster():
    a_colleague("robin")
    thief = Client()
    attempt("robin", PASSWORD, client=thief)
    thief.post("/admin/account/logout/")
    assert [attempt("robin", client=thief) for _ in range(4)] == [WRONG, WRONG, WRONG, REFUSED]


def test_a_browser_is_known_for_its_own_person_alone():
    a_colleague("robin"), a_colleague("sam")
    sams = Client()
    attempt("sam", PASSWORD, client=sams)
    sams.post("/admin/account/logout/")
    for _ in range(3):
        attempt("robin")
    assert attempt("robin", client=sams) == REFUSED


def test_an_invented_cookie_makes_no_browser_known():
    a_colleague("robin")
    client = Client()
    client.cookies[limits.cookie_name()] = "1:invented"
    for _ in range(4):
        last = attempt("robin", client=client)
    assert last == REFUSED


def test_right_passwords_are_not_counted():
    a_colleague("robin")
    assert [attempt("robin", PASSWORD) for _ in range(20)] == [RIGHT] * 20


def test_guesses_at_the_code_are_counted_whatever_network_they_come_from():
    secret = an_app_of(a_colleague("robin"))
    clients = [Client(REMOTE_ADDR=f"203.0.113.{number}") for number in range(4)]
    for client in clients:
        sign_in(client, "robin")
    answers = [client.post(SECOND, {"code": "000000"}).status_code for client in clients]
    assert answers == [WRONG, WRONG, WRONG, REFUSED]
    assert clients[0].post(SECOND, {"code": code(secret)}).status_code == REFUSED


@pytest.mark.parametrize("address", ["prove/", "password/change/"])
def test_guessing_the_password_in_a_session_left_open_is_counted(address):
    client = signed_in(a_colleague("robin"))
    new = {"password1": "another long one", "password2": "another long one"}
    guess = {"password": "wrong", "oldpassword": "wrong", **new}
    answers = [client.post(f"/admin/account/{address}", guess).status_code for _ in range(4)]
    assert answers == [WRONG, WRONG, WRONG, REFUSED]


def test_where_nothing_can_be_counted_nobody_signs_in(client):
    a_colleague("robin")

    def counting_fails(execute, sql, params, many, context):
        if "common_ratewindow" in sql:
            raise OperationalError("out of connections")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counting_fails):
        assert attempt("robin", PASSWORD, client=client) == HTTPStatus.SERVICE_UNAVAILABLE


@pytest.mark.django_db(transaction=True)
def test_twenty_guesses_at_one_instant_are_no_more_than_twenty_in_turn():
    together = Barrier(20)
    answers = []

    def guess():
        together.wait()
        answers.append(attempt("robin"))
        connections.close_all()

    threads = [Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(WRONG) == 3
    assert answers.count(REFUSED) == 17


def test_challenges_for_passkeys_are_few_for_one_network():
    asked = {"HTTP_ACCEPT": "application/json", "REMOTE_ADDR": "192.0.2.9"}
    answers = [
        Client().get("/admin/account/login/passkey/", **asked).status_code for _ in range(61)
    ]
    assert answers[0] == HTTPStatus.OK
    assert answers[-1] == HTTPStatus.TOO_MANY_REQUESTS
