"""Real processes around the private server."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2

from flexpledge.localpg import locks
from flexpledge.localpg.server import DATABASE, USER, Server

PROJECT = Path(__file__).parents[2]

_USE_UNTIL_STDIN_CLOSES = """
import sys
from pathlib import Path
from flexpledge.localpg import cluster
from flexpledge.localpg.server import Server

server = Server(Path(sys.argv[1]))
cluster.ensure_running(server)
print(server.pid, flush=True)
sys.stdin.read()
"""


def start_user(
    var_dir: Path, *, python: str = sys.executable, project: Path = PROJECT, **options
) -> subprocess.Popen[str]:
    """A process that uses the server until it is killed; its first line is the server's pid."""
    return subprocess.Popen(
        [python, "-c", _USE_UNTIL_STDIN_CLOSES, str(var_dir)],
        cwd=project,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def read_pid(user: subprocess.Popen[str]) -> int:
    line = user.stdout.readline()
    assert line, user.stderr.read()
    return int(line)


def kill(user: subprocess.Popen[str]) -> None:
    user.kill()
    user.communicate()


def kill_server(server: Server) -> None:
    os.kill(server.pid, signal.SIGKILL)
    wait_until(lambda: not server.is_ready())


def stop(server: Server) -> None:
    if server.is_alive():
        with locks.held(server.change_lock):
            server.stop()
    wait_until(lambda: not server.is_supervised())


def manage(var_dir: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env={
            **os.environ,
            "DATABASE_URL": "",
            "VAR_DIR": str(var_dir),
            "DEBUG": "true",
            **variables,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def ask(server: Server, *statements: str) -> object:
    """The first value the last statement returns, if any. Starts nothing and takes no lease."""
    connection = psycopg2.connect(host=str(server.socket_folder), user=USER, dbname="postgres")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def databases(server: Server) -> set[str]:
    names = ask(server, "SELECT array_agg(datname::text) FROM pg_database")
    return {DATABASE, "postgres"} & set(names)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
