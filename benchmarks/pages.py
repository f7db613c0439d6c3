"""GET / from the page cache against Django that does nothing but return the same bytes.

python -m benchmarks.pages
"""

import sys

from benchmarks.load import RUNS, per_second
from benchmarks.stand import Floor, a_stand
from benchmarks.table import Row, show
from tests.servers import Web, ask


def main():
    with a_stand() as stand:
        web = stand.start(Web(stand.folder / "web", stand.site()))
        page = stand.folder / "home.html"
        page.write_bytes(ask(f"{web.url}/").content)
        floor = stand.start(Floor(stand.folder / "floor", "cached_bytes", PAGE=str(page)))
        runs = [(per_second(f"{web.url}/"), per_second(f"{floor.url}/")) for _ in range(RUNS)]
    ours, floors = zip(*runs, strict=True)
    return show(Row("`GET /` from cache", ours, "/s", floors, least=0.85))


if __name__ == "__main__":
    sys.exit(main())
