"""What visitors set off most: no query of it reads a table of a million rows as a whole."""

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from common import outbox
from common.models import OutboxMessage
from pledges import confirmation, counting, housekeeping, mails, own_page, reception
from pledges.models import Pledge
from tests.million import plans

NOW = timezone.now()
ADDRESSES = [
    "/",
    "/join/{code}/",
    "/pledge/",
    "/pledge/confirm/{confirm}/",
    "/pledge/mine/{mine}/",
    "/supporters/",
    "/supporters/?country=CA&kind=remote",
    "/supporters/?after=500000",
    "/count/",
    "/count.json",
    "/count.txt",
    "/badge.svg",
    "/coalition/",
    "/blog/",
    "/sitemap.xml",
]


def sign(**facts):
    reception.sign(now=NOW, email="hot@example.org", name="Hot", country="CA", **facts)


def confirm():
    sign(reason="It is warm.")
    confirmation.confirm(Pledge.objects.of("hot@example.org").get(), now=NOW)


def withdraw():
    confirm()
    Pledge.objects.of("hot@example.org").update(withdrawn_at=NOW)
    counting.fold_all()


ACTS = {
    "sign": sign,
    "sign through a friend": lambda: sign(via=Pledge.objects.get(number=900_000).code),
    "confirm": confirm,
    "withdraw": withdraw,
    "write a mail": lambda: outbox.put("pledge-welcome", "hot@example.org", now=NOW, pledge_id=1),
    "pick a mail": lambda: outbox.claim(NOW),
    "word a mail": lambda: mails.signed(OutboxMessage(recipient="hot@example.org")),
    "ask for the link": lambda: own_page.send_link("hot@example.org", now=NOW),
    "count who did not confirm": lambda: counting.tally_unconfirmed(now=NOW),
    "purge": lambda: housekeeping.purge(now=NOW),
    "forget a person's mails": lambda: outbox.forget("hot@example.org"),
}


def read_whole(ask):
    with transaction.atomic():
        statements = plans.asked(ask)
        transaction.set_rollback(True)
    assert statements
    return {table for statement in statements for table in plans.tables_read_whole(statement)}


@pytest.mark.django_db
@pytest.mark.parametrize("act", ACTS)
def test_an_act_reads_no_large_table_as_a_whole(act):
    assert read_whole(ACTS[act]) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_reads_no_large_table_as_a_whole(address):
    host = Pledge.objects.get(number=900_000)
    known = {"code": host.code, "confirm": host.token("confirm"), "mine": host.token("mine")}

    def visit():
        assert Client().get(address.format(**known)).status_code == 200

    assert read_whole(visit) == set()
