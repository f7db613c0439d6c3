"""The background process: counts, mails, tidies up. Several may run, on several hosts."""

import logging
import signal
import smtplib
import threading
import time

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection
from django.utils import timezone

from coalition import freshness
from common import clock, duties, heartbeat, outbox
from pledges import activity, bursts, cleaning, counting, housekeeping, recounting

TICK_S = 1
LONGEST_PAUSE_S = 8
LONGEST_FAREWELL_S = 15
BURSTS_EVERY_S = 10
ACTIVITY_EVERY_S = 60
HOUSEKEEPING_EVERY_S = 3600
logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Hands over mail, counts and tidies up, until stopped."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="do what is due and end")

    def handle(self, *, once, **options):
        if once:
            recount()
            tidy_up()
            hold_bursts()
            count()
            fill_in()
            outbox.deliver_due(now=timezone.now())
            while cleaning.work():
                pass
            for duty in duties.registered():
                duty()
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        logger.info("Worker started")
        # A thread each: neither a mail server that hangs, nor a clean-up, nor a long purge, nor a
        # picture that takes seconds may delay the count.
        threads = [
            Repetition(stop, count),
            Repetition(stop, deliver_mail),
            Repetition(stop, every(heartbeat.EVERY_S, say_alive), every(ACTIVITY_EVERY_S, fill_in)),
            Repetition(stop, every(BURSTS_EVERY_S, hold_bursts), cleaning.work),
            Repetition(
                stop,
                every(HOUSEKEEPING_EVERY_S, recount),
                every(HOUSEKEEPING_EVERY_S, tidy_up),
                *duties.registered(),
            ),
        ]
        for thread in threads:
            thread.start()
        while not stop.wait(TICK_S):
            pass
        for thread in threads:
            thread.join(timeout=LONGEST_FAREWELL_S)
        logger.info("Worker stopped")
        if any(thread.broke for thread in threads):
            raise CommandError("The worker broke; the log says where.")


class Repetition(threading.Thread):
    """Does every duty once a tick until stopped; waits longer while something is out of order.

    What is no outage is a defect: it stops the whole worker, so that whatever watches over the
    process sees it and starts it anew, instead of one duty being left undone in silence.
    """

    def __init__(self, stop, *duties):
        super().__init__(daemon=True)
        self.stop = stop
        self.duties = duties
        self.broke = False

    def run(self):
        try:
            pause_s = TICK_S
            while not self.stop.is_set():
                pause_s = TICK_S if self.succeeds() else min(LONGEST_PAUSE_S, pause_s * 2)
                self.stop.wait(pause_s)
        except Exception:
            logger.exception("Duty broke")
            self.broke = True
            self.stop.set()
        finally:
            connection.close()

    def succeeds(self):
        try:
            close_old_connections()
            for duty in self.duties:
                duty()
        except (DatabaseError, smtplib.SMTPException, OSError) as error:
            logger.warning("Out of order: %s", type(error).__name__)
            connection.close()
            return False
        return True


def count():
    counting.fold_all()
    counting.tally_unconfirmed(now=timezone.now())


def deliver_mail():
    outbox.deliver_due(now=timezone.now())


def hold_bursts():
    bursts.hold(now=timezone.now())


def say_alive():
    heartbeat.beat(now=timezone.now())


def fill_in():
    activity.fill_in(now=timezone.now())
    activity.watch_providers(now=timezone.now())


def recount():
    recounting.recount_nightly(now=timezone.now())


def tidy_up():
    if not clock.is_trusted(timezone.now()):
        logger.error("Clocks of this host and of PostgreSQL differ: nothing is tidied up")
        return
    housekeeping.remind(now=timezone.now())
    housekeeping.purge(now=timezone.now())
    freshness.keep(now=timezone.now())
    activity.forget(now=timezone.now())


def every(seconds, duty):
    """The duty, done at the first tick and then once in so many seconds."""
    due_at = 0

    def when_due():
        nonlocal due_at
        if time.monotonic() >= due_at:
            due_at = time.monotonic() + seconds
            duty()

    return when_due
