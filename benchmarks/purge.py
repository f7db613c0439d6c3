"""A million unconfirmed pledges are purged while people sign: who waits, and how long?

    DEBUG=true DATABASE_URL=postgres://…/an_empty_database python -m benchmarks.purge

Prints the median and the longest time of a sign-up with and without the purge beside it, and how
many rows a second the purge deletes. Refuses a database that holds pledges.
"""

import os
import statistics
import sys
import threading
import time
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flexpledge.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from pledges import housekeeping, reception  # noqa: E402
from pledges.models import Pledge  # noqa: E402

ROWS = 1_000_000
SIGN_UPS_A_SECOND = 30


def fill():
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO pledges_pledge (email, email_canonical, name, country, region,
                   flexibility, shows_name, wants_news, has_shown_voice, wording, code, link_epoch,
                   created_at)
               SELECT 'old-' || n || '@example.invalid', 'old-' || n || '@example.invalid',
                      'Old ' || n, 'CA', '', '{}', false, false, false, '2026-11',
                      lpad(n::text, 10, 'o'), 0, %s
                 FROM generate_series(1, %s) AS n""",
            [timezone.now() - timedelta(days=40), ROWS],
        )
        cursor.execute("ANALYZE pledges_pledge")


def sign_while(go_on, label):
    """Signs at a steady rate while `go_on()`; returns the seconds that each sign-up took."""
    took = []
    while go_on():
        start = time.perf_counter()
        reception.sign(
            now=timezone.now(),
            email=f"{label}-{len(took)}@example.invalid",
            name="New",
            country="CA",
        )
        took.append(time.perf_counter() - start)
        time.sleep(max(0, 1 / SIGN_UPS_A_SECOND - took[-1]))
    return took


def main():
    call_command("migrate", verbosity=0)
    if Pledge.objects.exists():
        sys.exit("This database holds pledges: name an empty one.")
    fill()
    end = time.monotonic() + 10
    alone = sign_while(lambda: time.monotonic() < end, "alone")
    started = time.monotonic()
    purge = threading.Thread(target=lambda: housekeeping.purge(now=timezone.now()))
    purge.start()
    beside = sign_while(purge.is_alive, "beside")
    seconds = time.monotonic() - started
    left = Pledge.objects.filter(email__startswith="old-").count()
    print(
        f"purged {ROWS - left:,} rows in {seconds:.0f} s, {(ROWS - left) / seconds:,.0f} a second"
    )
    for label, took in [("alone", alone), ("beside the purge", beside)]:
        print(
            f"sign-ups {label}: {len(took)}, median {1000 * statistics.median(took):.1f} ms, "
            f"longest {1000 * max(took):.0f} ms"
        )
    print(f"ratio of medians {statistics.median(beside) / statistics.median(alone):.2f}")


if __name__ == "__main__":
    main()
