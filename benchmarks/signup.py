"""POST /pledge/ with everything on against a view that has one form and one INSERT.

python -m benchmarks.signup
"""

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.load import RUNS, Floor, per_second
from benchmarks.table import Row, show
from tests.servers import PostgreSQL, Site, Web


def main():
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o711)
        database = running.enter_context(PostgreSQL(folder / "database"))
        site = Site(folder / "var", DATABASE_URL=database.url, TRUSTED_PROXY_COUNT="1")
        site.prepare()
        site.manage("seed")
        web = running.enter_context(Web(folder / "web", site))
        floor = running.enter_context(Floor(folder / "floor", "bare_signup", **site.variables))
        runs = [
            (
                per_second(f"{web.url}/pledge/", "signup.lua", f"ours-{run}"),
                per_second(f"{floor.url}/pledge/", "signup.lua", f"floor-{run}"),
            )
            for run in range(RUNS)
        ]
    ours, floors = zip(*runs, strict=True)
    return show(Row("`POST /pledge/`", ours, "/s", floors, least=0.70))


if __name__ == "__main__":
    sys.exit(main())
