"""The mail server is away, refuses or hangs: people sign as ever, and mail comes once it is back."""

import time
from datetime import timedelta
from statistics import median

import pytest

from tests.servers import ask, wait_until

pytestmark = pytest.mark.faults

BACK_WITHIN_S = 120


@pytest.fixture(scope="module")
def servers(shared_servers):
    return shared_servers


@pytest.fixture
def people(request):
    """Addresses that are this test's own."""
    return [f"{number}-{abs(hash(request.node.name))}@example.org" for number in range(10)]


def sign(servers, address):
    """Seconds that it took somebody to sign."""
    began = time.monotonic()
    form = {"name": "Robin Example", "email": address, "country": "CA"}
    assert ask(f"{servers.web.url}/pledge/", form=form).status == 303
    return time.monotonic() - began


def state_of(servers, address):
    ((attempts, error, is_sent),) = servers.database.query(
        "SELECT attempts, last_error, sent_at IS NOT NULL FROM common_outboxmessage WHERE recipient = %s",
        [address],
    )
    return attempts, error, is_sent


def wait_for_mail(servers, *addresses):
    wait_until(
        lambda: all(servers.mail.to(address) for address in addresses),
        servers.worker.said,
        seconds=BACK_WITHIN_S,
    )
    for address in addresses:
        assert len({mail.message["Message-ID"] for mail in servers.mail.to(address)}) == 1


def test_while_the_mail_server_is_down_people_sign_as_fast_as_ever(servers, people):
    usual = [sign(servers, f"usual-{address}") for address in people]
    servers.mail.stop()
    meanwhile = [sign(servers, address) for address in people]
    assert median(meanwhile) < 3 * median(usual)
    assert state_of(servers, people[0])[0] == 0  # no fault of the mail's
    servers.mail.start()
    wait_for_mail(servers, *people)
    assert all(len(servers.mail.to(address)) == 1 for address in people)


TROUBLES = {
    "hangs": {"hangs": True},
    "hangs up": {"drops": True},
    "refuses all": {"refuses_all": "450 4.3.2 not now"},
    "refuses all for good": {"refuses_all": "550 5.7.1 not from you"},
    "shuts down": {"refuses_all": "421 4.3.2 shutting down"},
    "greylists": {"greylists_for": timedelta(minutes=10)},
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_while_the_mail_server_is_in_trouble_people_sign_as_fast_as_ever(servers, people, trouble):
    usual = [sign(servers, f"usual-{address}") for address in people]
    for name, value in TROUBLES[trouble].items():
        setattr(servers.mail, name, value)
    meanwhile = [sign(servers, address) for address in people]
    time.sleep(12)  # longer than we wait for an answer
    meanwhile += [sign(servers, f"later-{address}") for address in people]
    assert not servers.mail.to(people[-1])
    assert median(meanwhile) < 3 * median(usual)
    servers.mail.reset()
    wait_for_mail(servers, *people)


@pytest.mark.parametrize(
    "reply", ["450 4.2.0 greylisted", "452 4.3.1 no room", "550 5.1.1 no such mailbox"]
)
def test_an_address_that_is_refused_delays_no_other(servers, people, reply):
    poisoned, *others = people
    servers.mail.refuse(poisoned, reply)
    for address in people:
        sign(servers, address)
    wait_for_mail(servers, *others)
    assert all(len(servers.mail.to(address)) == 1 for address in others)
    wait_until(lambda: state_of(servers, poisoned)[0])
    assert state_of(servers, poisoned)[1:] == (f"SMTPRecipientsRefused {reply[:3]}", False)
    assert poisoned not in servers.worker.said()
    servers.mail.accept(poisoned)
    wait_for_mail(servers, poisoned)
