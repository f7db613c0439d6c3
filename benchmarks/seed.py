"""How long does writing synthetic pledges take, against COPY of the same rows by psql?

python -m benchmarks.seed [--pledges 10000000] [--runs 1]

The table that COPY fills has the columns, defaults, indexes and constraints of pledges. Each side
starts with the same empty table, of which it keeps every index; both have to have their rows on disk.
"""

import argparse
import shutil
import subprocess
import sys
import time

from benchmarks.load import RUNS
from benchmarks.stand import a_stand
from benchmarks.table import Row, show

PLEDGES = 1_000_000
_FLOOR = """
    CREATE TABLE floor (LIKE pledges_pledge INCLUDING ALL);
    ALTER TABLE floor
          ADD FOREIGN KEY (referrer_id) REFERENCES floor DEFERRABLE INITIALLY DEFERRED,
          ADD FOREIGN KEY (cleanup_id) REFERENCES pledges_cleanup DEFERRABLE INITIALLY DEFERRED
"""
_WRITTEN = """
    SELECT string_agg(column_name, ', ') FROM information_schema.columns
     WHERE table_name = 'floor' AND is_generated = 'NEVER'
"""


class Bench:
    def __init__(self, folder, database, site, pledges):
        self.database = database
        self.site = site
        self.pledges = pledges
        self.file = folder / "rows"

    def seed(self):
        """Rows a second; checks that they are counted."""
        self.database.query("TRUNCATE pledges_pledge, pledges_tally, pledges_ledgerentry CASCADE")
        self.database.query("CHECKPOINT")
        start = time.perf_counter()
        self.site.manage("seed", "--if-empty", "--pledges", str(self.pledges))
        took_s = time.perf_counter() - start
        self.site.manage("recount", "--check")
        return self.pledges / took_s

    def copy(self):
        ((columns,),) = self.database.query(_WRITTEN)
        if not self.file.exists():
            self.psql(rf"\copy pledges_pledge ({columns}) TO '{self.file}'")
        self.database.query("TRUNCATE floor")
        self.database.query("CHECKPOINT")
        start = time.perf_counter()
        self.psql(rf"\copy floor ({columns}) FROM '{self.file}'")
        return self.pledges / (time.perf_counter() - start)

    def psql(self, command):
        program = shutil.which("psql") or sys.exit("This needs psql: apt-get install postgresql")
        subprocess.run(
            [program, "-q", "-v", "ON_ERROR_STOP=1", "-c", command, self.database.url], check=True
        )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pledges", type=int, default=PLEDGES)
    parser.add_argument("--runs", type=int, default=RUNS)
    options = parser.parse_args()
    with a_stand() as stand:
        site, database = stand.empty_site(), stand.database
        database.query(_FLOOR)
        bench = Bench(stand.folder, database, site, options.pledges)
        runs = [(bench.seed(), bench.copy()) for _run in range(options.runs)]
    ours, floor = zip(*runs, strict=True)
    return show(
        Row(f"`seed --pledges {options.pledges}`; floor: COPY", ours, "/s", floor, least=0.25)
    )


if __name__ == "__main__":
    sys.exit(main())
