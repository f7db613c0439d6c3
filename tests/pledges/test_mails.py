"""Mail as a mail server gets it."""

import re

import pytest
from django.core.management import call_command
from django.utils import timezone

from common import outbox
from common.models import OutboxMessage
from pledges import confirmation, withdrawal
from pledges.models import Pledge
from tests.pledges.people import a_supporter, answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(mail_to_smtp, settings):
    settings.SITE_URL = "https://million.example"
    return mail_to_smtp


def sign(client, **changes):
    client.post("/pledge/", answers(**changes))
    outbox.deliver_due(now=timezone.now())


def test_the_confirmation_mail_holds_one_link_one_code_and_a_way_out(client, mailbox):
    sign(client)
    pledge = Pledge.objects.get()
    (mail,) = mailbox.mails
    assert mail.subject == "Confirm your name"
    assert mail.recipients == ["robin@example.org"]
    confirm = f"https://million.example/pledge/confirm/{pledge.token('confirm')}/"
    assert re.findall(r"\S*/pledge/confirm/\S*", mail.text) == [confirm]
    assert mail.link("/pledge/confirm/") == confirm
    assert mail.link("/pledge/not-me/").endswith(f"/{pledge.token('not-me')}/")
    assert re.findall(r"\b\d{6}\b", mail.text) == [confirmation.digits_of(pledge)]
    assert f'href="{confirm}"' in mail.html
    assert confirmation.digits_of(pledge) in mail.html
    assert "<img" not in mail.html
    assert "src=" not in mail.html


def test_headers_say_that_a_machine_wrote_it_and_which_mail_it_is(client, mailbox):
    sign(client)
    headers = mailbox.mails[0].message
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Message-ID"].endswith("@million.example>")
    assert headers["Date"]
    assert headers["To"] == "robin@example.org"


def test_links_do_not_follow_the_host_of_the_request(client, mailbox, settings):
    settings.ALLOWED_HOSTS = ["evil.example"]
    client.post("/pledge/", answers(), headers={"Host": "evil.example"})
    outbox.deliver_due(now=timezone.now())
    assert "evil.example" not in mailbox.mails[0].text
    assert all(link.startswith("https://million.example/") for link in mailbox.mails[0].links)


def test_every_link_of_the_welcome_mail_leads_somewhere(client, mailbox):
    supporter = a_supporter(number=None)
    outbox.deliver_due(now=timezone.now())
    (mail,) = mailbox.mails
    assert mail.subject == "You are supporter number 1"
    assert mail.link("/join/") == f"https://million.example/join/{supporter.code}/"
    for link in mail.links:
        assert client.get(link.removeprefix("https://million.example")).status_code == 200


def test_names_cannot_carry_markup_into_the_mail(mailbox):
    a_supporter(name="<i>Robin</i> Example")
    outbox.deliver_due(now=timezone.now())
    assert "&lt;i&gt;Robin" in mailbox.mails[0].html
    assert "<i>" not in mailbox.mails[0].html


def test_a_mail_that_has_nothing_to_say_any_more_is_dropped(client, mailbox):
    pledge = a_supporter()
    withdrawal.withdraw(pledge, now=timezone.now())
    outbox.deliver_due(now=timezone.now())
    assert not mailbox.mails
    assert not OutboxMessage.objects.waiting().exists()


def test_the_outbox_holds_no_link_that_works(client):
    client.post("/pledge/", answers())
    pledge = Pledge.objects.get()
    row = OutboxMessage.objects.values().get()
    assert pledge.token("confirm") not in str(row)
    assert confirmation.digits_of(pledge) not in str(row["payload"])
    assert "robin" not in str(row["recipient_hash"])


def test_the_journey_goes_on_when_the_mail_server_comes_back(client, mailbox):
    mailbox.stop()
    assert client.post("/pledge/", answers()).status_code == 303
    with pytest.raises(OSError, match="refused"):
        outbox.deliver_due(now=timezone.now())
    assert OutboxMessage.objects.get().attempts == 0
    mailbox.start()
    call_command("worker", once=True)
    link = mailbox.mails[0].link("/pledge/confirm/").removeprefix("https://million.example")
    assert "Confirm my name" in client.get(link).content.decode()
    own_page = client.post(link)["Location"]
    assert "#1" in client.get(own_page).content.decode()
    friend = answers(name="Sam Sample", email="sam@example.org", via=Pledge.objects.get().code)
    client.post("/pledge/", friend)
    call_command("worker", once=True)
    client.post(
        mailbox.to("sam@example.org")[0].link("/confirm/").removeprefix("https://million.example")
    )
    assert "One friend has joined" in client.get(own_page).content.decode()
    assert client.get("/count.json").json()["confirmed"] == 2


def test_a_message_nobody_can_write_stops_no_other(client, mailbox):
    outbox.put("no-such-message", "sam@example.org", now=timezone.now())
    sign(client)
    assert len(mailbox.mails) == 1
    assert OutboxMessage.objects.waiting().get().last_error == "KeyError"


def test_every_mail_of_a_supporter_leads_to_their_own_page(mailbox):
    supporter = a_supporter()
    for kind in ("pledge-signed", "pledge-link"):
        outbox.put(kind, supporter.email, now=timezone.now())
    assert outbox.deliver_due(now=timezone.now()) == 3
    assert [mail.subject for mail in mailbox.mails] == [
        "You are supporter number 1",
        "You are already in",
        "The link to your pledge",
    ]
    supporter.refresh_from_db()
    for mail in mailbox.mails:
        assert "/pledge/mine/" in mail.link("/pledge/mine/")
        assert "Robin" in mail.text
        assert "Robin" in mail.html
    assert mailbox.mails[-1].link("/pledge/mine/").endswith(supporter.get_absolute_url())
