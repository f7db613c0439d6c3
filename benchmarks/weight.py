"""What a telephone fetches to show the front page for the first time, and what Lighthouse says of it.

python -m benchmarks.weight [address of a running site]

Without an address it starts a site with the content of `seed`. Needs Lighthouse on PATH (`npm install
--global lighthouse@12.8.2`) and Chromium.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.table import Row, show
from tests import chromium
from tests.servers import PostgreSQL, Site, Web

RUNS = 5
CATEGORIES = {"performance": 99, "accessibility": 100, "best-practices": 100, "seo": 100}


def main():
    with ExitStack() as running:
        address = sys.argv[1] if len(sys.argv) > 1 else _site(running)
        reports = [_report(address) for _ in range(RUNS)]
    requests = [report["audits"]["network-requests"]["details"]["items"] for report in reports]
    return show(
        Row(
            "weight of home on first visit", [_kilobytes(run) for run in requests], " kB", most=110
        ),
        Row("requests of home on first visit", [len(run) for run in requests], "", most=15),
        *(
            Row(
                f"Lighthouse, mobile: {name}",
                [100 * report["categories"][name]["score"] for report in reports],
                "",
                least=least,
            )
            for name, least in CATEGORIES.items()
        ),
    )


def _kilobytes(requests):
    """As sent, with headers."""
    return sum(request["transferSize"] for request in requests) / 1000


def _site(running):
    folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
    folder.chmod(0o711)
    database = running.enter_context(PostgreSQL(folder / "database"))
    site = Site(folder / "var", DATABASE_URL=database.url)
    site.prepare()
    site.manage("seed")
    web = Web(folder / "web", site)
    web.variables["SITE_URL"] = web.url
    return running.enter_context(web).url


def _report(address):
    """Lighthouse's findings on a page, in a browser that has never seen it."""
    lighthouse = shutil.which("lighthouse") or sys.exit(__doc__)
    flags = ["--headless=new", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    options = ["--quiet", "--output=json", f"--chrome-flags={' '.join(flags)}"]
    found = subprocess.run(
        [lighthouse, address, *options],
        env={**os.environ, "CHROME_PATH": chromium.find()},
        check=True,
        stdout=subprocess.PIPE,
    )
    return json.loads(found.stdout)


if __name__ == "__main__":
    sys.exit(main())
