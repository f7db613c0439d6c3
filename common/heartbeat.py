"""Which worker processes are alive, on whatever host: each says so every few seconds."""

import os
import socket
from datetime import timedelta

from common.models import Heartbeat

EVERY_S = 10
SILENT_AFTER = timedelta(minutes=1)
FORGOTTEN_AFTER = timedelta(days=1)


def beat(*, now):
    """Says that this process is alive, and forgets those that have long been silent.

    And those heard of at a time to come: a clock that ran ahead would hide that nobody is alive.
    """
    name = f"{socket.gethostname()}:{os.getpid()}"[:100]
    Heartbeat.objects.update_or_create(
        name=name, defaults={"at": now}, create_defaults={"at": now, "started_at": now}
    )
    known = (now - FORGOTTEN_AFTER, now + SILENT_AFTER)
    Heartbeat.objects.exclude(at__range=known).delete()
