"""How much memory do a web process and the worker hold after 100,000 requests, and does it grow?

    python -m benchmarks.memory [--requests 100000]

Four of five requests read pages, some of which are not kept; the fifth signs. The worker sends the
mails meanwhile. Growth is that of the second half over the first.
"""

import argparse
import sys

from benchmarks.load import per_second
from benchmarks.stand import MailServer, a_stand, resident_mb
from benchmarks.table import Row, grown, show
from tests.servers import Web, Worker

STEPS = 10  # looks at the memory, on the way
STEP_S = 2  # of load between two looks at how many requests were answered


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=int, default=100_000)
    requests = parser.parse_args().requests
    with a_stand() as stand:
        mail_server = stand.start(MailServer(stand.folder / "mail"))
        site = stand.site(EMAIL_URL=mail_server.url, TRUSTED_PROXY_COUNT="1")
        web = stand.start(Web(stand.folder / "web", site))
        worker = stand.start(Worker(stand.folder / "worker", site))
        web_mb, worker_mb = [], []
        for step in range(1, STEPS + 1):
            answer(web, requests // STEPS, step)
            web_mb.append(max(map(resident_mb, web.worker_processes())))
            worker_mb.append(max(map(resident_mb, worker.processes())))
    return show(
        Row("memory of a web process", [web_mb[-1]], " MB", most=120),
        Row("memory of the worker", [worker_mb[-1]], " MB", most=120),
        grown("its growth in the second half, web", web_mb, " MB"),
        grown("its growth in the second half, worker", worker_mb, " MB"),
    )


def answer(web, requests, step):
    """At least so many requests."""
    answered = part = 0
    while answered < requests:
        part += 1
        rate = per_second(f"{web.url}/", "mixed.lua", f"{step}-{part}", seconds=STEP_S)
        answered += rate * STEP_S


if __name__ == "__main__":
    sys.exit(main())
