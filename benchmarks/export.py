"""A million pledges as CSV, beside PostgreSQL's own COPY of the same columns; and the memory it takes.

python -m benchmarks.export
"""

import os
import resource
import sys
import time

from benchmarks.load import RUNS
from benchmarks.stand import a_stand
from benchmarks.table import Row, show

PLEDGES = 1_000_000
_FILL = """
    INSERT INTO pledges_pledge (email, email_canonical, name, country, region, flexibility,
           shows_name, wants_news, has_shown_voice, wording, code, link_epoch, created_at,
           confirmed_at, number)
    SELECT address, address, 'Robin Example ' || n, 'CA', 'Ontario', '{remote,schedule}', true,
           false, false, '2026-11', left(md5(address), 10), 0, now(), now(), n
      FROM (SELECT n, 'robin-' || n || '@example.org' AS address
              FROM generate_series(1, %(pledges)s) AS n) AS addresses
"""


class Sink:
    def write(self, data):
        return len(data)


def export():
    from pledges import exports

    for piece in exports.csv_pieces(exports.selected()):
        Sink().write(piece)


def copy():
    from django.db import connection

    from pledges import exports

    columns = ", ".join(exports.COLUMNS)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY pledges_pledge ({columns}) TO STDOUT (FORMAT csv)", Sink())


def per_second(write):
    start = time.perf_counter()
    write()
    return PLEDGES / (time.perf_counter() - start)


def most_memory_mb():
    """The most this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main():
    with a_stand() as stand:
        site, database = stand.empty_site(), stand.database
        database.query(_FILL, {"pledges": PLEDGES})
        database.query("ANALYZE pledges_pledge")
        os.environ |= {**site.variables, "DJANGO_SETTINGS_MODULE": "flexpledge.settings"}
        import django

        django.setup()
        copy()  # connects, and brings the table into memory
        before = most_memory_mb()
        ours, floor = [], []
        for _run in range(RUNS):
            ours.append(per_second(export))
            floor.append(per_second(copy))
        grown = most_memory_mb() - before
    return show(
        Row("pledges exported as CSV; floor: COPY", ours, "/s", floor, least=0.25),
        Row("memory grown meanwhile", [grown], " MB", most=40),
    )


if __name__ == "__main__":
    sys.exit(main())
