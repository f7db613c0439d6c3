"""GET / from the page cache against Django that does nothing but return the same bytes.

python -m benchmarks.pages
"""

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.load import RUNS, Floor, per_second
from benchmarks.table import Row, show
from tests.servers import PostgreSQL, Site, Web, ask


def main():
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o711)
        database = running.enter_context(PostgreSQL(folder / "database"))
        site = Site(folder / "var", DATABASE_URL=database.url)
        site.prepare()
        site.manage("seed")
        web = running.enter_context(Web(folder / "web", site))
        page = folder / "home.html"
        page.write_bytes(ask(f"{web.url}/").content)
        floor = running.enter_context(Floor(folder / "floor", "cached_bytes", PAGE=str(page)))
        runs = [(per_second(f"{web.url}/"), per_second(f"{floor.url}/")) for _ in range(RUNS)]
    ours, floors = zip(*runs, strict=True)
    return show(Row("GET / from cache", ours, "/s", floors, least=0.85))


if __name__ == "__main__":
    sys.exit(main())
