"""The background process: counts, mails, tidies up. Several may run, on several hosts."""

import logging
import signal
import smtplib
import threading
import time

from django.core.management.base import BaseCommand
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection
from django.utils import timezone

from common import duties, outbox
from pledges import counting, housekeeping

TICK_S = 1
LONGEST_PAUSE_S = 8
HOUSEKEEPING_EVERY_S = 3600
logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Hands over mail, counts and tidies up, until stopped."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="do what is due and end")

    def handle(self, *, once, **options):
        if once:
            tidy_up()
            counting.fold_all()
            outbox.deliver_due(now=timezone.now())
            for duty in duties.registered():
                duty()
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        logger.info("Worker started")
        # Mail has a thread of its own: a mail server that hangs must not delay the count.
        mail = threading.Thread(target=repeat, args=(stop, deliver_mail), daemon=True)
        mail.start()
        # So have the duties of other apps: encoding a picture takes seconds.
        others = threading.Thread(target=repeat, args=(stop, *duties.registered()), daemon=True)
        others.start()
        repeat(stop, counting.fold_all, hourly(tidy_up))
        mail.join(timeout=15)
        others.join(timeout=15)
        logger.info("Worker stopped")


def repeat(stop, *duties):
    """Does every duty once a tick until stopped; waits longer while something is out of order."""
    pause_s = TICK_S
    while not stop.is_set():
        try:
            close_old_connections()
            for duty in duties:
                duty()
            pause_s = TICK_S
        except (DatabaseError, smtplib.SMTPException, OSError) as error:
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
            logger.warning("Next try in %s s: %s", pause_s, type(error).__name__)
            connection.close()
        stop.wait(pause_s)
    connection.close()


def deliver_mail():
    outbox.deliver_due(now=timezone.now())


def tidy_up():
    housekeeping.remind(now=timezone.now())
    housekeeping.purge(now=timezone.now())


def hourly(duty):
    """The duty, done at the first tick and then once an hour."""
    due_at = 0

    def when_due():
        nonlocal due_at
        if time.monotonic() >= due_at:
            due_at = time.monotonic() + HOUSEKEEPING_EVERY_S
            duty()

    return when_due
