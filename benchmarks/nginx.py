"""GET / through the shipped nginx configuration against the same page saved as a file.

python -m benchmarks.nginx
"""

import itertools
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from benchmarks.load import RUNS, per_second
from benchmarks.stand import a_stand
from benchmarks.table import Row, show
from tests.servers import Nginx, Server, Web, ask, free_port

CONNECTIONS = 32
SIGN_UPS = 100  # a second
SIGNING = 8  # at once, each from an address of its own
_numbers = itertools.count()


class StaticFile(Nginx):
    """The floor: a plain nginx with one page."""

    def __init__(self, folder, page):
        Server.__init__(self, folder)
        (self.folder / "index.html").write_bytes(page)
        floor = (Path(__file__).parent / "floors/static.conf").read_text(encoding="utf-8")
        self.configure(floor.replace("PORT", str(self.port)).replace("FOLDER", str(self.folder)))


def main():
    with a_stand() as stand:
        port = free_port()
        site = stand.site(
            SITE_URL=f"http://127.0.0.1:{port}",
            TRUSTED_PROXY_COUNT="1",
            SIGN_LIMIT_PER_IP="",
            LOG_LEVEL="ERROR",
        )
        web = stand.start(Web(stand.folder / "web", site))
        nginx = stand.start(Nginx(stand.folder / "nginx", f"unix:{web.socket}", port=port))
        floor = stand.start(StaticFile(stand.folder / "floor", ask(nginx.url).content))
        runs = [measured(nginx.url, floor.url) for _run in range(RUNS)]
    alone, beside_sign_ups, floors, signed = zip(*runs, strict=True)
    return show(
        Row("`GET /` through nginx, cache warm", alone, "/s", floors, least=0.80),
        Row(f"the same beside {SIGN_UPS} sign-ups/s", beside_sign_ups, "/s", floors, least=0.60),
        Row("sign-ups meanwhile", signed, "/s", least=0.95 * SIGN_UPS),
    )


def measured(site, floor):
    alone = per_second(f"{site}/", connections=CONNECTIONS)
    static = per_second(f"{floor}/", connections=CONNECTIONS)
    with sign_ups(site) as signed:
        began, before = time.monotonic(), len(signed)
        beside = per_second(f"{site}/", connections=CONNECTIONS)
        rate = (len(signed) - before) / (time.monotonic() - began)
    return alone, beside, static, rate


@contextmanager
def sign_ups(site):
    """SIGN_UPS a second for as long as the block lasts; a list that grows by each that was stored."""
    stored, over = [], threading.Event()
    began = time.monotonic()

    def sign_in_turns(number):
        for turn in itertools.count():
            at = began + (turn * SIGNING + number) / SIGN_UPS
            if over.wait(max(0, at - time.monotonic())):
                return
            email = f"robin-{time.time_ns()}-{next(_numbers)}@example.org"
            form = {"name": "Robin Example", "country": "CA", "email": email}
            answer = ask(f"{site}/pledge/", form=form, source=f"127.0.1.{number + 1}")
            if answer.status != 303:
                sys.exit(f"sign-up answered {answer.status}")
            stored.append(email)

    with ThreadPoolExecutor(SIGNING) as people:
        signing = [people.submit(sign_in_turns, number) for number in range(SIGNING)]
        try:
            yield stored
        finally:
            over.set()
    for one in signing:
        one.result()


if __name__ == "__main__":
    sys.exit(main())
