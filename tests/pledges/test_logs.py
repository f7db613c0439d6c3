"""Names, addresses and tokens reach no log, whatever goes right or wrong."""

import io
import logging

import pytest
from django.db import OperationalError
from django.utils import timezone

from common import outbox
from common.logs import RedactingFormatter
from pledges import confirmation, reception
from pledges.models import Pledge
from tests.pledges.people import answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def log():
    """All that the site's own handler would write."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter())
    handler.addFilter(lambda record: record.name != "mail.log")  # that is the tests' mail server
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


def test_a_life_with_its_mishaps_leaves_no_trace_in_the_logs(
    client, mail_to_smtp, log, monkeypatch
):
    typed = answers(name="Unmistakable Person", email="unmistakable@example.org")
    client.post("/pledge/", typed)
    client.post("/pledge/", {**typed, "country": "XX"})
    client.post("/pledge/", typed, headers={"Origin": "https://evil.example"})
    mail_to_smtp.refuse("unmistakable@example.org")
    outbox.deliver_due(now=timezone.now())
    pledge = Pledge.objects.get()
    digits = confirmation.digits_of(pledge)
    confirm = f"/pledge/confirm/{pledge.token('confirm')}/"
    client.get(confirm + "more")
    client.get(confirm[:-3] + "/")
    client.put(confirm)
    client.post("/pledge/code/", {"email": "unmistakable@example.org", "code": "000000"})
    client.post(confirm)
    pledge.refresh_from_db()
    client.post(pledge.get_absolute_url(), {"name": ""})

    def gone(**kwargs):
        raise OperationalError("connection for unmistakable@example.org lost")

    monkeypatch.setattr(reception, "sign", gone)
    client.post("/pledge/", typed)
    written = log.getvalue()
    assert "Not Found" in written
    assert "not sent: SMTPRecipientsRefused" in written
    for secret in ("nmistakable", digits, *(pledge.token(p) for p in ("confirm", "mine"))):
        assert secret not in written
    assert pledge.token("confirm")[:-3] not in written
