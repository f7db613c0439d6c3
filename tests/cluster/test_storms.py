"""Slow clients and too many at once, before the site behind the shipped nginx configuration."""

import http.client
import itertools
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from types import SimpleNamespace

import pytest

from tests.servers import Nginx, PostgreSQL, Site, Web, ask, free_port, wait_until

pytestmark = pytest.mark.cluster

SLOW = 200  # connections of each kind
FORM = {"name": "Robin Example", "country": "CA"}
_numbers = itertools.count()


@pytest.fixture(scope="module")
def servers(place, running):
    port = free_port()
    database = running(PostgreSQL(place / "database"))
    site = Site(
        place / "site",
        DATABASE_URL=database.url,
        SITE_URL=f"http://127.0.0.1:{port}",
        TRUSTED_PROXY_COUNT="1",
        SIGN_LIMIT_PER_IP="",
    )
    site.prepare()
    web = running(Web(place / "web", site))
    nginx = running(Nginx(place / "nginx", f"unix:{web.socket}", port=port))
    return SimpleNamespace(database=database, web=web, nginx=nginx)


def sign(servers, source="127.0.0.1"):
    form = FORM | {"email": f"robin{next(_numbers)}@example.org"}
    return ask(f"{servers.nginx.url}/pledge/", form=form, source=source)


def timed(call, *arguments):
    """What came of a request, and after how many seconds."""
    began = time.monotonic()
    try:
        status = call(*arguments).status
    except (OSError, http.client.HTTPException) as error:
        status = type(error).__name__
    return status, time.monotonic() - began


def is_normal(servers):
    status, took_s = timed(sign, servers)
    return status == 303 and took_s < 1


def memory_mb(server):
    """Of all its processes, without what they share."""
    return sum(
        int(line.split()[1]) / 1024
        for process in server.processes()
        for line in open(f"/proc/{process}/smaps_rollup")
        if line.startswith("Pss:")
    )


class Dawdlers(threading.Thread):
    """Clients that send a byte a second of a request that never ends, as nginx lets them."""

    def __init__(self, port, beginning):
        super().__init__(daemon=True)
        self.port = port
        self.beginning = beginning
        self.over = threading.Event()
        self.connected = threading.Event()

    def run(self):
        with ExitStack() as lines:
            slow = [self._connect(lines) for _client in range(SLOW)]
            self.connected.set()
            while not self.over.wait(1):
                for number, line in enumerate(slow):
                    try:
                        line.sendall(b"a")
                    except OSError:  # nginx has had enough of this one: another comes
                        slow[number] = self._connect(lines)

    def _connect(self, lines):
        line = lines.enter_context(socket.create_connection(("127.0.0.1", self.port)))
        line.sendall(self.beginning)
        return line


SLOW_HEADERS = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
SLOW_BODIES = (
    b"POST /pledge/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded"
    b"\r\nContent-Length: 60000\r\n\r\nname="
)


def test_beside_slow_clients_all_others_are_served(servers):
    crowds = [Dawdlers(servers.nginx.port, beginning) for beginning in (SLOW_HEADERS, SLOW_BODIES)]
    for crowd in crowds:
        crowd.start()
    try:
        for crowd in crowds:
            assert crowd.connected.wait(30)
        time.sleep(2)
        others = [timed(ask, servers.nginx.url) for _reader in range(200)]
        others += [timed(sign, servers) for _supporter in range(100)]
    finally:
        for crowd in crowds:
            crowd.over.set()
            crowd.join()

    good = [status in (200, 303) and took_s < 2 for status, took_s in others]
    assert sum(good) >= 0.99 * len(good), Counter(status for status, _took_s in others)


def test_more_than_can_be_served_are_told_at_once_and_all_is_normal_after(servers):
    for _warming_up in range(50):
        assert sign(servers).status == 303
    before_mb = memory_mb(servers.web)
    answered = []
    over = threading.Event()

    def insist(client):
        while not over.is_set():
            answered.append(timed(sign, servers, f"127.0.{client}.1"))

    # Web processes answer 8 at a time, and keep up with a few more than that.
    with ThreadPoolExecutor(400) as crowd:
        clients = [crowd.submit(insist, 1 + client % 200) for client in range(400)]
        time.sleep(10)
        over.set()
        for client in clients:
            client.result()

    outcomes = Counter(status for status, _took_s in answered)
    assert outcomes.keys() <= {303, 429, 503}, outcomes
    assert outcomes[303] > 100, outcomes
    assert outcomes[503] > 100, outcomes
    refused = sorted(took_s for status, took_s in answered if status in (429, 503))
    assert refused[len(refused) // 2] < 1, "half of the refused waited for a second"
    assert memory_mb(servers.web) < before_mb * 1.15 + 5

    wait_until(lambda: is_normal(servers), seconds=10)
    acknowledged = servers.database.query("SELECT count(*) FROM pledges_pledge")
    assert acknowledged[0][0] >= outcomes[303]
