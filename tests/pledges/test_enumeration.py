"""Nobody learns from the site whether an address has signed: not by words, headers or time."""

import statistics
import time

import pytest

from tests.pledges.people import a_pledge, a_supporter, answers

pytestmark = pytest.mark.django_db(transaction=True)
PAIRS = 200

REQUESTS = {
    "sign": lambda address: ("/pledge/", answers(email=address)),
    "resend": lambda address: ("/pledge/resend/", {"email": address}),
    "link": lambda address: ("/pledge/link/", {"email": address}),
    "code": lambda address: ("/pledge/code/", {"email": address, "code": "000000"}),
}


def seen(response, address):
    """All that the sender of a request sees, with its own address taken out."""
    headers = {name: value for name, value in response.items() if name != "Date"}
    return response.status_code, headers, response.content.decode().replace(address, "…")


@pytest.mark.parametrize("owner", [a_pledge, a_supporter], ids=["unconfirmed", "confirmed"])
@pytest.mark.parametrize("kind", REQUESTS)
def test_known_and_unknown_addresses_cannot_be_told_apart(client, settings, kind, owner):
    settings.SIGN_LIMIT_PER_IP = ""
    known = [f"known-{number:03}@example.org" for number in range(PAIRS)]
    unknown = [f"other-{number:03}@example.org" for number in range(PAIRS)]
    for address in known:
        owner(address)
    seconds = {"known": [], "unknown": []}
    answers_seen = []
    for pair in zip(known, unknown, strict=True):
        for who, address in zip(("known", "unknown"), pair, strict=True):
            path, form = REQUESTS[kind](address)
            start = time.perf_counter()
            response = client.post(path, form)
            seconds[who].append(time.perf_counter() - start)
            answers_seen.append(seen(response, address))
    assert all(answer == answers_seen[0] for answer in answers_seen)
    apart = abs(statistics.median(seconds["known"]) - statistics.median(seconds["unknown"]))
    first, _, third = statistics.quantiles(seconds["unknown"] + seconds["known"], n=4)
    assert apart < third - first
