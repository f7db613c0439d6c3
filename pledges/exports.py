"""Data on its way out: everybody's as a stream, one person's in full."""

import csv
import json

from django.core.serializers.json import DjangoJSONEncoder

from coalition.models import Member
from common import addresses
from common.models import OutboxMessage
from pledges import own_page
from pledges.models import Pledge

CHUNK = 2_000  # rows held at a time
COLUMNS = (
    "number",
    "name",
    "email",
    "country",
    "region",
    "flexibility",
    "shows_name",
    "wants_news",
    "created_at",
    "confirmed_at",
    "withdrawn_at",
    "invalidated_at",
    "quarantined_at",
)
# Spreadsheets take a cell that starts with one of these for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rows():
    """Every pledge that has not been erased, as dictionaries in the order of signing."""
    pledges = Pledge.objects.filter(erased_at=None).order_by("pk")
    return pledges.values(*COLUMNS).iterator(chunk_size=CHUNK)


def write_csv(out):
    """Writes all rows to a text file and returns how many, in constant memory."""
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    written = 0
    for row in rows():
        row["flexibility"] = " ".join(row["flexibility"])
        writer.writerow([cell(value) for value in row.values()])
        written += 1
    return written


def write_jsonl(out):
    """As write_csv, with one JSON object a line."""
    written = 0
    for row in rows():
        out.write(json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False) + "\n")
        written += 1
    return written


def cell(value):
    """A value as a spreadsheet may safely open it.

    >>> cell("=HYPERLINK(1)"), cell(None), cell(7)
    ("'=HYPERLINK(1)", '', '7')
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def person(address):
    """All that is held on whoever reads mail at this address, ready for JSON."""
    key = addresses.canonical(address)
    return {
        "pledges": [
            own_page.everything_held(pledge)
            for pledge in Pledge.objects.filter(email_canonical=key).order_by("pk")
        ],
        "mails": list(
            OutboxMessage.objects.filter(recipient_hash=addresses.keyed_hash(key))
            .order_by("pk")
            .values("kind", "recipient", "created_at", "sent_at")
        ),
        "coalition_entries_as_contact": [
            {"name": member.name, "status": member.status, "contact": member.contact_name}
            for member in Member.objects.with_contact(address).order_by("pk")
        ],
    }
