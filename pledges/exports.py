"""Data on its way out: everybody's as a stream, one person's in full."""

import io
import json

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models import F, Func, Max
from django.db.models.functions import Cast

from coalition.models import Member
from common import addresses
from common.models import OutboxMessage
from common.spreadsheets import Cell
from pledges import own_page
from pledges.models import Pledge

BATCH = 20_000  # rows held at a time
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


class UTC(Func):
    template = "date_trunc('second', %(expressions)s AT TIME ZONE 'UTC')"


class Words(Func):
    template = "array_to_string(%(expressions)s, ' ')"
    output_field = models.TextField()


_CELL_OF = {"name": Cell, "email": Cell, "region": Cell, "flexibility": Words}


def selected(*, state="", country="", wants_news=False):
    """Pledges that have not been erased, in this state and from this country where one is named."""
    wanted = {"state": state, "country": country, "wants_news": wants_news}
    return Pledge.objects.filter(
        erased_at=None, **{field: value for field, value in wanted.items() if value}
    )


def csv_pieces(pledges, columns=COLUMNS):
    """The pledges in the order of signing, as pieces of a CSV file in UTF-8, a line each.

    PostgreSQL writes them, many times as fast as Python would. Each piece is a short statement of
    its own over a range of keys: it needs neither a transaction nor longer than a page may take.
    """
    yield ",".join(columns).encode() + b"\n"
    cells = [_cell(column) for column in columns]
    last = Pledge.objects.aggregate(last=Max("pk"))["last"] or 0
    for start in range(0, last, BATCH):
        batch = pledges.filter(pk__gt=start, pk__lte=start + BATCH).order_by("pk")
        yield _copied(batch.values_list(*cells))


def _cell(column):
    kind = Pledge._meta.get_field(column)
    if isinstance(kind, models.DateTimeField):
        return UTC(column)
    if isinstance(kind, models.BooleanField):
        return Cast(column, models.TextField())
    return _CELL_OF.get(column, F)(column)


def _copied(rows):
    out = io.BytesIO()
    with connection.cursor() as cursor:
        select = cursor.mogrify(*rows.query.sql_with_params()).decode()
        cursor.copy_expert(f"COPY ({select}) TO STDOUT (FORMAT csv)", out)
    return out.getvalue()


def write_csv(out):
    """Writes all pledges to a text file and returns how many, in constant memory."""
    lines = 0
    for piece in csv_pieces(selected()):
        out.write(piece.decode())
        lines += piece.count(b"\n")
    return lines - 1


def write_jsonl(out):
    """As write_csv, with one JSON object a line."""
    written = 0
    for row in selected().order_by("pk").values(*COLUMNS).iterator(chunk_size=BATCH // 10):
        out.write(json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False) + "\n")
        written += 1
    return written


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
