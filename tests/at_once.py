"""What many do at one instant, with real threads and real transactions."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

THREADS = 12


def at_once(act, times=THREADS):
    """Runs `act(position)` in as many threads as times, all let go at one instant."""
    barrier = threading.Barrier(times)

    def run(position):
        try:
            barrier.wait()
            return act(position)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))
