"""What numbers and tallies add to a confirmed pledge while 32 people confirm at any moment.

python -m benchmarks.counting

All sides are pgbench with 32 connections. The floor inserts pledges that nobody confirms, each in a
transaction, into a table with the columns and indexes of pledges. Ours confirms pledges, once without
numbering and once as `counting.number_of` does it: each client waits for its turn, and folds all that
wait unless somebody gave it a number meanwhile. The difference is what counting costs.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime

from benchmarks.load import RUNS
from benchmarks.stand import a_stand
from benchmarks.table import Row, show

CLIENTS = 32
PLEDGES = 300 * CLIENTS  # in one measurement
SEEDED = 300_000  # so that indexes are as deep as they get
PREPARE = """
    CREATE TABLE floor (LIKE pledges_pledge INCLUDING ALL);
    CREATE SEQUENCE turn;
"""
# Somebody who signed just now; `turn` has the key of the row.
INSERT = """
    INSERT INTO {table} (id, email, email_canonical, name, country, region, flexibility, shows_name,
                         wants_news, wording, has_shown_voice, code, link_epoch, created_at)
    SELECT n, 'b-' || n || '@example.invalid', 'b-' || n || '@example.invalid', 'Supporter ' || n,
           (ARRAY['US', 'CA', 'GB', 'DE', 'IN', 'FR'])[1 + n % 6], '', '{{remote}}', n % 3 <> 0,
           false, '2026-11', false, lpad(to_hex(n), 10, 'o'), 0, now()
      FROM {source} AS n;
"""
CONFIRM = """
    SELECT nextval('turn') AS id \\gset
    UPDATE pledges_pledge SET confirmed_at = now()
     WHERE id = :id AND confirmed_at IS NULL AND withdrawn_at IS NULL;
"""
NUMBER = """
    BEGIN;
    SELECT pg_advisory_xact_lock({lock});
    SELECT number IS NULL AS is_waiting FROM pledges_pledge WHERE id = :id \\gset
    \\if :is_waiting
    {fold};
    \\endif
    COMMIT;
"""


class Bench:
    def __init__(self, database, fold):
        self.database = database
        self.number = NUMBER.format(lock=fold.LOCK, fold=_statement(database, fold))
        database.query(PREPARE)

    def insert(self):
        """Microseconds for each of PLEDGES rows, as all that follow."""
        self.database.query("TRUNCATE floor")
        self.database.query("ALTER SEQUENCE turn RESTART")
        return self.each_us(INSERT.format(table="floor", source="nextval('turn')"))

    def confirm(self):
        self.sign()
        took_us = self.each_us(CONFIRM)
        self.database.query("DELETE FROM pledges_pledge WHERE number IS NULL")
        return took_us

    def confirm_and_number(self):
        self.sign()
        return self.each_us(CONFIRM + self.number)

    def sign(self):
        """New pledges, whose keys `turn` is about to give."""
        ((last,),) = self.database.query("SELECT max(id) FROM pledges_pledge")
        source = f"generate_series({last + 1}, {last + PLEDGES})"
        self.database.query(INSERT.format(table="pledges_pledge", source=source))
        self.database.query(f"ALTER SEQUENCE turn RESTART WITH {last + 1}")
        self.database.query("VACUUM ANALYZE pledges_pledge")

    def each_us(self, script):
        """PLEDGES transactions, of CLIENTS at once."""
        program = shutil.which("pgbench") or sys.exit("This needs pgbench (Debian: postgresql)")
        self.database.query("CHECKPOINT")
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(script)
            file.flush()
            command = [
                program,
                "-n",
                "-M",
                "prepared",
                "-f",
                file.name,
                "-j",
                "2",
                "-c",
                str(CLIENTS),
            ]
            command += ["-t", str(PLEDGES // CLIENTS), self.database.url]
            start = time.perf_counter()
            subprocess.run(command, capture_output=True, check=True)
        return 1e6 * (time.perf_counter() - start) / PLEDGES


def _statement(database, counting):
    with database.connect() as connection, connection.cursor() as cursor:
        parameters = {"batch": counting.BATCH, "today": datetime.now(UTC).date()}
        return cursor.mogrify(counting._FOLD.sql, parameters).decode()


def main():
    with a_stand() as stand:
        site, database = stand.empty_site(), stand.database
        site.manage("seed", "--pledges", str(SEEDED))
        os.environ |= {**site.variables, "DJANGO_SETTINGS_MODULE": "flexpledge.settings"}
        import django

        django.setup()
        from pledges import counting

        bench = Bench(database, counting)
        inserted, added = [], []
        for _run in range(RUNS):
            inserted.append(bench.insert())
            alone = bench.confirm()
            added.append(bench.confirm_and_number() - alone)
        site.manage("recount", "--check")
    what = "numbering and tallies of a confirmed pledge, 32 clients"
    return show(Row(what, added, " µs", inserted, most=0.30))


if __name__ == "__main__":
    sys.exit(main())
