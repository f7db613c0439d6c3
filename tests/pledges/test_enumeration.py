"""Nobody learns from the site whether an address has signed."""

import pytest

from tests.enumeration import KNOWN, assert_alike
from tests.pledges.people import a_pledge, a_supporter, answers

pytestmark = pytest.mark.django_db(transaction=True)

REQUESTS = {
    "sign": lambda address: ("/pledge/", answers(email=address)),
    "resend": lambda address: ("/pledge/resend/", {"email": address}),
    "link": lambda address: ("/pledge/link/", {"email": address}),
    "code": lambda address: ("/pledge/code/", {"email": address, "code": "000000"}),
}


@pytest.mark.parametrize("owner", [a_pledge, a_supporter], ids=["unconfirmed", "confirmed"])
@pytest.mark.parametrize("kind", REQUESTS)
def test_known_and_unknown_addresses_cannot_be_told_apart(client, settings, kind, owner):
    settings.SIGN_LIMIT_PER_IP = ""
    for address in KNOWN:
        owner(address)
    assert_alike(client, REQUESTS[kind])
