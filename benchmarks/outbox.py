"""How many mails do one and two workers hand over to a mail server that answers at once?

python -m benchmarks.outbox
"""

import sys
import time
from contextlib import ExitStack

from benchmarks.load import RUNS
from benchmarks.stand import MailServer, a_stand
from benchmarks.table import Row, show
from tests.servers import Worker

MAILS = 2_000  # a run
_WRITE = """
    WITH pledge AS (
        INSERT INTO pledges_pledge (email, email_canonical, name, country, region, flexibility,
               shows_name, wants_news, has_shown_voice, wording, code, link_epoch, created_at)
        SELECT address, address, 'Robin Example', 'CA', '', '{}', true, false, false, '2026-11',
               left(md5(address), 10), 0, now()
          FROM (SELECT 'mail-' || %(run)s || '-' || n || '@example.org' AS address
                  FROM generate_series(1, %(mails)s) AS n) AS addresses
     RETURNING email
    )
    INSERT INTO common_outboxmessage (kind, recipient, recipient_hash, payload, created_at, due_at,
           attempts, last_error)
    SELECT 'pledge-signed', email, sha256(email::bytea), '{}', now(), now(), 0, '' FROM pledge
"""


def per_second(database, workers, run):
    """Mails handed over a second while all the workers are at it, from the first tenth on."""
    database.query(_WRITE, {"run": run, "mails": MAILS})
    with ExitStack() as running:
        for worker in workers:
            running.enter_context(worker)
        start = when_left(database, MAILS * 9 // 10)
        end = when_left(database, MAILS // 10)
    database.query("DELETE FROM common_outboxmessage")
    return MAILS * 8 / 10 / (end - start)


def when_left(database, most):
    """The moment when at most so many mails are left to send."""
    while True:
        ((left,),) = database.query(
            "SELECT count(*) FROM common_outboxmessage WHERE sent_at IS NULL"
        )
        if left <= most:
            return time.perf_counter()
        time.sleep(0.05)


def main():
    with a_stand() as stand:
        mail_server = stand.start(MailServer(stand.folder / "mail"))
        site = stand.site(EMAIL_URL=mail_server.url)
        workers = [Worker(stand.folder / f"worker-{number}", site) for number in range(2)]
        runs = [
            (
                per_second(stand.database, workers[:1], f"one-{run}"),
                per_second(stand.database, workers, f"two-{run}"),
            )
            for run in range(RUNS)
        ]
    one, two = zip(*runs, strict=True)
    return show(
        Row("outbox, one worker", one, " mails/s", least=150),
        Row("outbox, two workers against one", two, " mails/s", one, least=1.7),
    )


if __name__ == "__main__":
    sys.exit(main())
