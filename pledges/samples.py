"""Recognisable sample supporters, and any number of synthetic ones for measuring."""

import io
from datetime import timedelta
from itertools import groupby

from django.db import connection, transaction

from common import addresses, tokens
from pledges import counting, milestones, wordings
from pledges.models import SHOWS_NAME, Pledge, Tally, Voice

SUPPORTERS = 300
UNCONFIRMED = 10  # of them, the newest
_FIRST = (
    "Ana", "Ben", "Chris", "Dee", "Eli", "Fay", "Gus", "Hana", "Ivo", "Jo", "Kim", "Lou", "Mia",
    "Nils", "Oda", "Pat", "Quinn", "Robin", "Sam", "Tess", "Uma", "Vic", "Wren", "Xan", "Yara",
    "Zoë",
)  # fmt: skip
_LAST = ("Example", "Sample", "Placeholder", "Specimen", "Testcase", "Mock", "Demo", "Dummy")
_COUNTRIES = ("US", "US", "US", "CA", "GB", "US", "DE", "IN", "US", "AU", "GB", "FR", "CA", "BR")
_WITHDRAWN = (100, 200)
_DOMAINS = ("example.invalid", "mail.invalid", "post.invalid")
_KINDS = ("remote", "schedule", "part_time", "freelance")
_VOICES = (
    "I answer support tickets from a farmhouse kitchen. My best work happens before breakfast.",
    "Two hours moved from nine to seven. That is all it took to keep a job I love.",
    "I run a team of eleven. Trust is cheaper than desks.",
    "My mother’s appointments do not happen after six.",
    "I moved home to the island and kept my job. More people should be able to.",
    "Part-time should not mean part-respected.",
    "My best ideas come on long walks, and I am allowed to take them.",
    "Chronic illness and a career fit together when hours do.",
    "Four days for the firm, one for the orchard. Both are doing well.",
    "I freelance by choice. Fair terms keep it a choice.",
    "The school run and the stand-up meeting no longer collide.",
    "Night owl, steady deadlines, happy clients.",
    "I hire. Flexible roles bring me the people I could not find before.",
    "We share one job between two of us, and it has never been done better.",
    "An hour less in traffic is an hour more of me.",
    "Working from the library is not the same as not working. (Waiting for a look.)",
)


def create_samples(now):
    """Three hundred sample supporters, some unconfirmed or withdrawn; nothing where they exist."""
    if Pledge.objects.filter(email=_address(0)).exists():
        return
    with transaction.atomic():
        pledges = Pledge.objects.bulk_create(
            _sample(position, now) for position in range(SUPPORTERS)
        )
        for friend in pledges[20:26]:
            friend.referrer = pledges[0]
        Pledge.objects.bulk_update(pledges[20:26], ["referrer"])
        Voice.objects.bulk_create(_voice(pledges[i], i) for i in range(len(_VOICES)))
        Pledge.objects.filter(voice__status=Voice.Status.APPROVED).update(has_shown_voice=True)
        _confirm_day_by_day(pledges[:-UNCONFIRMED])
        gone = [pledges[position].pk for position in _WITHDRAWN]
        Pledge.objects.filter(pk__in=gone).update(withdrawn_at=now)
    counting.fold_all()


def _confirm_day_by_day(pledges):
    """Counts them as if the site had been there all the time, for the sake of the history."""
    for position, pledge in enumerate(pledges):
        pledge.confirmed_at = pledge.created_at + timedelta(minutes=position % 50 + 1)
    for _day, of_day in groupby(pledges, key=lambda pledge: pledge.confirmed_at.date()):
        confirmed = list(of_day)
        Pledge.objects.bulk_update(confirmed, ["confirmed_at"])
        counting.fold_all(now=confirmed[-1].confirmed_at)


def _sample(position, now):
    first = _FIRST[position % len(_FIRST)]
    last = _LAST[position // len(_FIRST) % len(_LAST)]
    signed_at = now.replace(microsecond=0) - timedelta(hours=5 * (SUPPORTERS - position))
    return Pledge(
        email=_address(position),
        email_canonical=addresses.canonical(_address(position)),
        name=f"{first} {last}",
        country=_COUNTRIES[position % len(_COUNTRIES)],
        flexibility=sorted({_KINDS[position % 4], _KINDS[position // 4 % 4]}),
        shows_name=position % 3 != 2,
        wants_news=position % 5 == 0,
        code=_code("sample", position),
        created_at=signed_at,
    )


def _voice(pledge, position):
    is_last = position == len(_VOICES) - 1
    return Voice(
        pledge=pledge,
        text=_VOICES[position],
        status=Voice.Status.PENDING if is_last else Voice.Status.APPROVED,
        created_at=pledge.created_at,
    )


def _address(position):
    return f"supporter-{position:03d}@sample.example"


def _code(kind, position):
    """A code that differs from run to run in nothing: a letter for the kind, the rest counts."""
    digits = []
    for _ in range(tokens.CODE_LENGTH - 2):
        position, digit = divmod(position, len(tokens.ALPHABET))
        digits.append(tokens.ALPHABET[digit])
    return kind[0] * 2 + "".join(reversed(digits))


_COLUMNS = (
    "email", "email_canonical", "name", "country", "region", "flexibility", "shows_name",
    "wants_news", "has_shown_voice", "wording", "code", "link_epoch",
    "created_at", "confirmed_at", "number", "counted_state", "counted_country", "counted_under",
)  # fmt: skip
BATCH = 100_000  # pledges in one transaction of copy_synthetic
# Adds to ledger and tallies who was copied under the numbers after %(last)s.
_COUNT_COPIED = f"""
    WITH copied AS (SELECT * FROM pledges_pledge WHERE number > %(last)s),
    changes AS (
        SELECT counted_state AS state, counted_country AS country, referrer_id, member_id,
               source, counted_under AS under, count(*) AS amount
          FROM copied GROUP BY 1, 2, 3, 4, 5, 6
    ),
    entries AS (
        SELECT (confirmed_at AT TIME ZONE 'UTC')::date AS day, 'confirmed' AS kind, country,
               NULL::bigint AS cleanup_id, count(*) AS amount
          FROM copied GROUP BY 1, 2, 3
    ),
    entered AS ({counting.ADD_TO_LEDGER.format("SELECT * FROM entries")})
    {counting.ADD_TO_TALLIES.format(counting.SUMS_OF_BOTH)}
"""  # noqa: S608  built from constants


def copy_synthetic(amount, now):
    """Adds confirmed pledges by COPY, numbered and counted; addresses end in .invalid.

    Each batch is whole, so a run that is killed leaves the count right, and a site in use waits
    with its own counting for one batch at most.
    """
    for left in range(amount, 0, -BATCH):
        _copy_batch(min(BATCH, left), left, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE pledges_pledge")


@transaction.atomic
def _copy_batch(size, left, now):
    """The next `size` of the pledges of which `left` are to come."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [counting.LOCK])
        cursor.execute("SELECT coalesce(max(number), 0) FROM pledges_pledge")
        (last,) = cursor.fetchone()
        cursor.copy_expert(
            f"COPY pledges_pledge ({', '.join(_COLUMNS)}) FROM STDIN",
            _Lines(
                _synthetic(number, last + left, now) for number in range(last + 1, last + size + 1)
            ),
        )
        cursor.execute(_COUNT_COPIED, {"last": last})
    milestones.record(Tally.objects.total(), now=now)


def _synthetic(number, last, now):
    moment = (now - timedelta(seconds=30 * (last - number) % 31_536_000)).isoformat()
    country = _COUNTRIES[number % len(_COUNTRIES)]
    address = f"synthetic-{number}@{_DOMAINS[number % len(_DOMAINS)]}"
    name = f"{_FIRST[number % len(_FIRST)]} {_LAST[number % len(_LAST)]} {number}"
    kind = _KINDS[number % 4]
    shows, under = ("t", f"{{{kind},{SHOWS_NAME}}}") if number % 3 else ("f", r"\N")
    return (
        f"{address}\t{address}\t{name}\t{country}\t\t"
        f"{{{kind}}}\t{shows}\tf\tf\t{wordings.CURRENT}\t"
        f"{_code('xsynthetic', number)}\t0\t{moment}\t{moment}\t{number}\t"
        f"standing\t{country}\t{under}\n"
    )


class _Lines(io.TextIOBase):
    """A file that COPY reads from, written while it is read: constant memory for any amount."""

    def __init__(self, lines):
        self.lines = lines
        self.rest = ""

    def read(self, size=-1):
        parts = [self.rest]
        length = len(self.rest)
        for line in self.lines:
            parts.append(line)
            length += len(line)
            if 0 <= size <= length:
                break
        text = "".join(parts)
        if size < 0:
            size = len(text)
        self.rest = text[size:]
        return text[:size]
