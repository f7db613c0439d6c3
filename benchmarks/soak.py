"""An evening in the news: 2,000 people a minute sign and confirm while readers fill a core.

    python -m benchmarks.soak [--minutes 10] [--a-minute 2000]

Each signs, waits for the mail, and presses the button behind its link. Whoever is counted later
than somebody else reads the count makes it lag by as much.
"""

import argparse
import asyncio
import http.client
import json
import queue
import re
import sys
import threading
import time
from bisect import insort
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from benchmarks.floors.smtp import Session
from benchmarks.load import wrk
from benchmarks.stand import a_stand, resident_mb
from benchmarks.table import Row, grown, show
from tests.servers import Web, Worker, free_port
from tests.servers.server import HOST

HANDS = 16  # threads that sign, and as many that confirm
READERS = 2  # connections that read page after page
LOOK_S = 0.5  # between two looks at the count
_LINK = re.compile(rb"/pledge/confirm/[\w-]+/")


class Crowd:
    """Everybody who takes part, and what came of it."""

    def __init__(self, port, a_minute, minutes):
        self.port = port
        self.every_s = 60 / a_minute
        self.people = a_minute * minutes
        self.links = queue.SimpleQueue()
        self.sign_ups_s = []  # how long each took
        self.confirmed_at = []  # in order
        self.errors = []
        self.lags_s = [0.0]
        self._lock = threading.Lock()
        self._own = threading.local()

    def take_part(self):
        begin = time.monotonic()
        with ThreadPoolExecutor(2 * HANDS) as hands:
            confirming = [hands.submit(self.confirm_those_mailed) for _ in range(HANDS)]
            for person in range(self.people):
                time.sleep(max(0, begin + person * self.every_s - time.monotonic()))
                hands.submit(self.sign, person)
            give_up_at = time.monotonic() + 60
            while len(self.confirmed_at) < self.people and time.monotonic() < give_up_at:
                time.sleep(0.2)
            for _ in confirming:
                self.links.put(None)
        self.minutes = (self.confirmed_at[-1] - begin) / 60

    def sign(self, person):
        form = {"name": "Robin Example", "country": "CA", "email": f"soak-{person}@example.org"}
        took_s, status = self._post("/pledge/", urlencode(form), person)
        self.sign_ups_s.append(took_s)
        if status != 303:
            self.errors.append(f"sign-up: {status}")

    def confirm_those_mailed(self):
        while link := self.links.get():
            _took_s, status = self._post(link)
            if status != 303:
                self.errors.append(f"confirmation: {status}")
                continue
            with self._lock:
                insort(self.confirmed_at, time.monotonic())

    def watch_the_count(self, stop):
        """By how much the count that readers see is behind those who confirmed."""
        before = self._confirmed()
        while not stop.wait(LOOK_S):
            asked_at = time.monotonic()
            counted = self._confirmed() - before
            with self._lock:
                missing = self.confirmed_at[counted : counted + 1]
            if missing and missing[0] < asked_at:
                self.lags_s.append(asked_at - missing[0])

    def _confirmed(self):
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        connection.request("GET", "/count.json")
        confirmed = json.load(connection.getresponse())["confirmed"]
        connection.close()
        return confirmed

    def _post(self, path, body="", person=0):
        """How long it took and the status, or the kind of error."""
        began = time.monotonic()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Forwarded-For": f"10.{person // 65536}.{person // 256 % 256}.{person % 256}",
        }
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        try:
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            response.read()
            return time.monotonic() - began, response.status
        except (OSError, http.client.HTTPException) as error:
            return time.monotonic() - began, type(error).__name__
        finally:
            connection.close()


def take_mail(port, links):
    """A mail server that hands on the links to confirm with."""

    class Mailbox(Session):
        def answer(self, line):
            if self.is_mail and (link := _LINK.search(line.replace(b"=\r\n", b""))):
                links.put(link[0].decode())
            return super().answer(line)

    async def serve():
        server = await asyncio.get_running_loop().create_server(Mailbox, HOST, port)
        await server.serve_forever()

    threading.Thread(target=asyncio.run, args=[serve()], daemon=True).start()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--a-minute", type=int, default=2_000)
    asked = parser.parse_args()
    with a_stand() as stand:
        mail_port = free_port()
        site = stand.site(EMAIL_URL=f"smtp://{HOST}:{mail_port}", TRUSTED_PROXY_COUNT="1")
        web = stand.start(Web(stand.folder / "web", site))
        crowd = Crowd(web.port, asked.a_minute, asked.minutes)
        take_mail(mail_port, crowd.links)
        worker = stand.start(Worker(stand.folder / "worker", site))
        stop = threading.Event()
        memory = {"web": [], "worker": []}

        def watch_memory():
            while not stop.wait(asked.minutes):  # sixty looks, however long it lasts
                memory["web"].append(max(map(resident_mb, web.worker_processes())))
                memory["worker"].append(max(map(resident_mb, worker.processes())))

        watching = [
            threading.Thread(target=crowd.watch_the_count, args=[stop]),
            threading.Thread(target=watch_memory),
        ]
        reading = wrk(web.url, "readers.lua", connections=READERS, seconds=asked.minutes * 60)
        for thread in watching:
            thread.start()
        crowd.take_part()
        stop.set()
        for thread in watching:
            thread.join()
        said = reading.communicate()[0]
    print(f"readers: {re.search(r'Requests/sec.*', said)[0]}", file=sys.stderr)
    print(f"errors: {crowd.errors[:5]}", file=sys.stderr)
    if "Non-2xx" in said:
        crowd.errors.append(re.search("Non-2xx.*", said)[0])
    rate = [len(crowd.confirmed_at) / crowd.minutes]
    what = f"{asked.minutes} minutes at {asked.a_minute:,} confirmed sign-ups a minute: "
    return show(
        Row(what + "confirmed", rate, " a minute", least=0.97 * asked.a_minute),
        Row(what + "errors", [len(crowd.errors)], "", most=0),
        Row(what + "slowest sign-up", [max(crowd.sign_ups_s)], " s", most=1),
        Row(what + "lag of the count", [max(crowd.lags_s)], " s", most=5),
        *(grown(f"{what}memory of {process}", looks, " MB") for process, looks in memory.items()),
    )


if __name__ == "__main__":
    sys.exit(main())
