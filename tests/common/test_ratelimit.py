import pytest
from django.test import RequestFactory
from django.utils import timezone

from common import ratelimit
from common.models import RateWindow


def request_from(peer="203.0.113.9", forwarded=None):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return RequestFactory().post("/", headers=headers, REMOTE_ADDR=peer)


@pytest.mark.parametrize(
    ("limit", "parsed"), [("60/1m", (60, 60)), ("5/2h", (5, 7200)), ("1/30s", (1, 30)), ("", None)]
)
def test_limits_are_read_as_hits_in_a_window(limit, parsed):
    assert ratelimit.parse(limit) == parsed


def test_a_limit_that_is_none_is_an_error_and_not_no_limit():
    with pytest.raises(ValueError, match="60/1m"):
        ratelimit.parse("sixty a minute")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.1", "203.0.113.9"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        (2, "1.2.3.4, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (2, "198.51.100.1", "203.0.113.9"),
    ],
)
def test_only_what_our_proxies_wrote_is_believed(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXY_COUNT = proxies
    assert ratelimit.client_address(request_from(forwarded=forwarded)) == address


@pytest.mark.django_db
def test_clients_are_counted_apart_and_ipv6_by_household():
    now = timezone.now()

    def is_over(peer):
        return bool(ratelimit.is_over(request_from(peer), "sign", "1/1h", now=now))

    assert not is_over("203.0.113.9")
    assert is_over("203.0.113.9")
    assert not is_over("203.0.113.10")
    assert not is_over("2001:db8:1:1::1")
    assert is_over("2001:db8:1:1:ffff::2")
    assert not is_over("2001:db8:1:2::1")
    assert is_over("::ffff:203.0.113.9")


@pytest.mark.django_db
def test_no_address_is_stored():
    ratelimit.is_over(request_from(), "sign", "1/1h", now=timezone.now())
    assert b"203.0.113" not in bytes(RateWindow.objects.get().key)


@pytest.mark.django_db
def test_a_new_window_starts_anew(time_machine):
    def is_over():
        return ratelimit.is_over(request_from(), "sign", "1/1m", now=timezone.now())

    time_machine.move_to("2026-11-23T10:00:30Z", tick=False)
    assert is_over() == 0
    assert is_over() == 30
    time_machine.move_to("2026-11-23T10:01:00Z", tick=False)
    assert is_over() == 0
