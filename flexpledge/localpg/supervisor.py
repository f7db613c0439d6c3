"""The process beside the server: python -m flexpledge.localpg.supervisor VAR_DIR [COMMAND…]

Starts the server with the command, or without one adopts a server whose supervisor was killed;
goes to the background; stops the server when nobody has held a lease for a while.
`cluster` starts it, holding `change_lock`.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from . import locks
from .server import Server

IDLE_S = 3
POLL_S = 0.1


def main(var_dir: str, *command: str) -> None:
    server = Server(Path(var_dir))
    locks.take(server.supervisor_lock)
    alive = locks.take(server.alive_lock) if command else None
    # The child keeps the locks, so whoever waits for this process finds them taken.
    if os.fork():
        os._exit(0)
    signal.signal(signal.SIGTERM, lambda *_: server.ask_to_stop())
    child = _start(command, alive) if command else None
    _watch(server)
    if child:
        child.wait()


def _start(command: tuple[str, ...], alive: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(command, pass_fds=[alive], start_new_session=True)
    finally:
        os.close(alive)  # from here on it is held by PostgreSQL alone


def _watch(server: Server) -> None:
    """Return when no process of the server is left."""
    last_used = time.monotonic()
    while server.is_alive():
        time.sleep(POLL_S)
        if server.is_used():
            last_used = time.monotonic()
        elif time.monotonic() - last_used > IDLE_S:
            _stop_unless_used(server)


def _stop_unless_used(server: Server) -> None:
    change = locks.try_to_take(server.change_lock)
    if change is None:  # somebody is about to use it
        return
    try:
        if not server.is_used():
            server.stop()
    finally:
        locks.release(change)


if __name__ == "__main__":
    main(*sys.argv[1:])
