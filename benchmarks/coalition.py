"""The list of members with 50 and with 5,000 of them: list, search and facets.

    python -m benchmarks.coalition [--rounds 5]

Works in a transaction that is rolled back; prints the table for benchmarks/README.md.
"""

import argparse
import os
import statistics
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flexpledge.settings")

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test import Client, override_settings  # noqa: E402

FEW, MANY = 50, 5_000
SETTINGS = {"DEBUG": False, "ALLOWED_HOSTS": ["*"], "PAGE_FRESH_S": 0}  # no page is kept
CALLS = 15  # of each address and each number of members in one round
# Each shows as many members in both states, so that the difference is the search's alone.
ADDRESSES = {
    "list": "/coalition/",
    "next page": "/coalition/?page=2",
    "search, one found": "/coalition/?q=zephyr+quill",
    "search with a typo": "/coalition/?q=zehpyr+quil",
    "search, all found": "/coalition/?q=works",
    "search with a typo, all found": "/coalition/?q=worcs",
    "search with a swap, all found": "/coalition/?q=wroks",
    "search, nothing found": "/coalition/?q=nobody+is+called+this",
    "search and facets": "/coalition/?q=quill&kind=company&country=NZ",
    "facets": "/coalition/?kind=company&country=NZ",
    "plain list": "/coalition/?view=list",
}
_FILL = """
    INSERT INTO coalition_member (
        name, slug, code, kind, status, website, country, flexibility, statement, size, logo,
        logo_alt, logo_is_light, link_epoch, contact_name, contact_role, contact_email,
        contact_canonical, contact_confirmed_at, authority_confirmed_at, created_at, approved_at)
    SELECT CASE WHEN number = 4 THEN 'Zephyr Quill Works'
                ELSE word || ' Works ' || to_char(number, 'FM0000') END, 'bench-' || number,
           'b' || to_char(number, 'FM000000000'),
           (ARRAY['company','nonprofit','academic','leader'])[1 + number %% 4], 'approved',
           'https://bench-' || number || '.example/',
           CASE WHEN number <= 50 AND number %% 4 = 0 THEN 'NZ'
                ELSE (ARRAY['CA','FR','IN','KE','BR'])[1 + number %% 5] END, '{remote}', 'Benchmark.', '', '', '',
           false, 0, 'B', 'B', 'b@bench.example', 'b@bench.example',
           now(), now(), now(), now()
      FROM generate_series(%(first)s, %(last)s) AS number,
           LATERAL (SELECT (ARRAY['Amber','Birch','Copper','Delta','Ember','Fern','Granite',
                                  'Harbour','Indigo','Juniper','Kestrel','Lumen','Meadow',
                                  'Northern','Opal','Prairie'])[1 + number %% 16] AS word) AS words
"""


def fill(schema, members):
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {schema}")
        cursor.execute(
            f"CREATE TABLE {schema}.coalition_member (LIKE public.coalition_member INCLUDING ALL)"
        )
        look_at(schema)
        cursor.execute(_FILL, {"first": 1, "last": members})
        cursor.execute("ANALYZE coalition_member")


def look_at(schema):
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL search_path = {schema}, public")


def counting(counted):
    def count(run, *query):
        counted.append(query)
        return run(*query)

    return count


def measure(rounds):
    """For each address the median milliseconds of few and many, taken in turns, and queries."""
    client = Client(headers={"host": "localhost"})
    found = {}
    for what, address in ADDRESSES.items():
        took = {"few": [], "many": []}
        counted = []
        for turn in range(2 * CALLS * rounds):
            schema = ("few", "many")[turn % 2]
            look_at(schema)
            counted.clear()
            with connection.execute_wrapper(counting(counted)):
                start = time.perf_counter()
                status = client.get(address).status_code
                took[schema].append((time.perf_counter() - start) * 1000)
            if status != 200:
                raise SystemExit(f"{address} answered {status}")
        found[what] = *(statistics.median(times) for times in took.values()), len(counted)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with override_settings(**SETTINGS), transaction.atomic():
        fill("few", FEW)
        fill("many", MANY)
        found = measure(rounds)
        transaction.set_rollback(True)
    print(f"| page | {FEW} members, ms | {MANY:,} members, ms | ratio | queries |")
    print("|---|---|---|---|---|")
    for what, (few, many, queries) in found.items():
        print(f"| {what} | {few:.1f} | {many:.1f} | {many / few:.2f} | {queries} |")


if __name__ == "__main__":
    main()
