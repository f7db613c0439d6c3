"""Nobody learns from the site whether an address is the contact of a member."""

import pytest

from tests.coalition.cast import APPLY, a_member, answers
from tests.enumeration import KNOWN, assert_alike

pytestmark = pytest.mark.django_db(transaction=True)

REQUESTS = {
    "apply": lambda address: (
        APPLY,
        answers(contact_email=address, name=address.partition("@")[0]),
    ),
    "link": lambda address: ("/coalition/link/", {"email": address}),
}


@pytest.mark.parametrize("kind", REQUESTS)
def test_known_and_unknown_addresses_cannot_be_told_apart(client, settings, kind):
    settings.SIGN_LIMIT_PER_IP = ""
    for number, address in enumerate(KNOWN):
        a_member(f"Sample {number}", contact_email=address)
    assert_alike(client, REQUESTS[kind])
