"""A clean-up of 200,000 pledges, and its undoing, while people sign: who waits, and how long?

    python -m benchmarks.cleanup

The worker does both; 30 sign-ups a second go through gunicorn, and `recount --check` runs over and
over. Prints the median and the longest time of a sign-up alone, beside the clean-up and beside the
undoing, and ends with status 1 where one beside them took over a second, a recount found an error,
or a row was not as before.
"""

import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.stand import MailServer, a_stand
from tests.servers import Web, Worker, ask

PLEDGES = 300_000
TAKEN_OUT = 200_000
SIGN_UPS_A_SECOND = 30
ALONE_S = 30
LONGEST_S = 1

_START = """
    INSERT INTO pledges_cleanup (
        address, domain, network, via, source, reason, note, status, created_at, started_at,
        last_pk, position, found, found_standing, sample, invalidated, restored)
    SELECT 'synthetic-*', '', '', '', '', 'Measured', '', 'running', now(), now(),
           max(id), 0, 0, 0, '{}', 0, 0
      FROM (SELECT id FROM pledges_pledge WHERE email LIKE 'synthetic-%%'
             ORDER BY id LIMIT %(rows)s) AS first
"""
_UNDO = "UPDATE pledges_cleanup SET status = 'undoing', position = 0"
_STATUS = "SELECT status, invalidated, restored FROM pledges_cleanup"
_ROWS = """
    SELECT md5(string_agg(md5((to_jsonb(pledge) - 'cleanup_id')::text), '' ORDER BY id))
      FROM pledges_pledge AS pledge WHERE email LIKE 'synthetic-%%'
"""
_TALLIES = """
    SELECT md5(string_agg(concat_ws(' ', scope, key, value), ',' ORDER BY scope, key))
      FROM pledges_tally WHERE scope IN ('country', 'listed', 'total', 'referral') AND value <> 0
"""


class SignUps:
    """At a steady rate for as long as the block lasts; `took` is the seconds that each one took."""

    def __init__(self, url, label):
        self.url, self.label, self.took, self.refused = url, label, [], 0

    def __enter__(self):
        self.done = threading.Event()
        self.pool = ThreadPoolExecutor(8)
        self.clock = threading.Thread(target=self.tick)
        self.clock.start()
        return self

    def tick(self):
        number = 0
        while not self.done.wait(1 / SIGN_UPS_A_SECOND):
            number += 1
            self.pool.submit(
                self.sign, f"{self.label.split()[-1]}-{number}@example.org", time.perf_counter()
            )

    def sign(self, address, began):
        """From when it was due: waiting for a free hand is waiting, too."""
        form = {"name": "Robin Example", "email": address, "country": "CA"}
        if ask(f"{self.url}/pledge/", form=form).status == 303:
            self.took.append(time.perf_counter() - began)
        else:
            self.refused += 1

    def __exit__(self, *_):
        self.done.set()
        self.clock.join()
        self.pool.shutdown()

    def __str__(self):
        median, longest = statistics.median(self.took), max(self.took)
        return (
            f"sign-ups {self.label}: {len(self.took)}, median {1000 * median:.1f} ms, "
            f"longest {1000 * longest:.0f} ms, refused {self.refused}"
        )


class Recounts:
    """Holds the tallies against the rows over and over; `errors` is what the command said."""

    def __init__(self, site):
        self.site, self.number, self.errors = site, 0, []

    def __enter__(self):
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        return self

    def run(self):
        while not self.done.is_set():
            self.number += 1
            try:
                self.site.manage("recount", "--check")
            except AssertionError as error:
                self.errors.append(str(error))

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()


def wait_for(database, status):
    while database.query(_STATUS)[0][0] != status:
        time.sleep(0.5)


def main():
    with a_stand() as stand:
        mail_server = stand.start(MailServer(stand.folder / "mail"))
        site = stand.site(EMAIL_URL=mail_server.url, SIGN_LIMIT_PER_IP="")
        site.manage("seed", "--pledges", str(PLEDGES))
        database = stand.database
        database.query("VACUUM ANALYZE pledges_pledge")
        web = stand.start(Web(stand.folder / "web", site))
        stand.start(Worker(stand.folder / "worker", site))
        was = database.query(_ROWS, {}), database.query(_TALLIES)
        with Recounts(site) as recounts:
            with SignUps(web.url, "alone") as alone:
                time.sleep(ALONE_S)
            began = time.monotonic()
            with SignUps(web.url, "beside the clean-up") as cleaning:
                database.query(_START, {"rows": TAKEN_OUT})
                wait_for(database, "finished")
            seconds = time.monotonic() - began
            began = time.monotonic()
            with SignUps(web.url, "beside the undoing") as undoing:
                database.query(_UNDO)
                wait_for(database, "undone")
            back = time.monotonic() - began
        is_as_before = was == (
            database.query(_ROWS, {}),
            database.query(_TALLIES),
        )
        ((_, invalidated, restored),) = database.query(_STATUS)
    print(f"{invalidated:,} taken out in {seconds:.0f} s, {restored:,} put back in {back:.0f} s")
    for sign_ups in (alone, cleaning, undoing):
        print(sign_ups)
    print(f"recounts meanwhile: {recounts.number}, errors: {len(recounts.errors)}")
    print(f"all is as before: {is_as_before}")
    refused = cleaning.refused + undoing.refused
    in_time = not refused and max(cleaning.took + undoing.took) < LONGEST_S
    return not (in_time and is_as_before and not recounts.errors and restored == TAKEN_OUT)


if __name__ == "__main__":
    sys.exit(main())
