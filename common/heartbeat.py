"""Which worker processes are alive, on whatever host: each says so every few seconds."""

import os
import socket
from datetime import timedelta

from common.models import Heartbeat

EVERY_S = 10
SILENT_AFTER = timedelta(minutes=1)
FORGOTTEN_AFTER = timedelta(days=1)


def beat(*, now):
    """Says that this process is alive, and forgets those that have long been silent."""
    name = f"{socket.gethostname()}:{os.getpid()}"[:100]
    Heartbeat.objects.update_or_create(
        name=name, defaults={"at": now}, create_defaults={"at": now, "started_at": now}
    )
    Heartbeat.objects.filter(at__lt=now - FORGOTTEN_AFTER).delete()
