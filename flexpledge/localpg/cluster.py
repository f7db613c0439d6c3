"""Making the cluster and starting its server."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import accounts, binaries, locks
from .accounts import Account
from .binaries import Binaries
from .errors import LocalPostgresError
from .server import DATABASE, USER, Server, claim

START_TIMEOUT_S = 60
_PROJECT = Path(__file__).parents[2]


def ensure_running(server: Server) -> None:
    """Return when the server takes connections, and keep it for the life of this process.

    Raises LocalPostgresError. Any number of processes may call it at once: one of them starts it.
    """
    server.check_owner()
    server.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locks.held(server.change_lock):
        # Under the lock, so that the supervisor cannot decide in between that nobody is there.
        locks.keep_lease(server.lease)
        if server.is_alive() and _becomes_ready(server):
            if not server.is_supervised():
                _supervise(server)
        else:
            _start(server)


def _becomes_ready(server: Server) -> bool:
    """Wait until the server takes connections (True) or its last process is gone (False)."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while not server.is_ready():
        if not server.is_alive():
            return False
        if time.monotonic() > deadline:
            raise LocalPostgresError(
                "PostgreSQL runs, but takes no connections. End it with: manage.py localpg stop. "
                f"Its log is {server.log}"
            )
        time.sleep(0.02)
    return True


def _start(server: Server) -> None:
    account, home = accounts.settle(server)
    accounts.open_home(server, home, account)
    programs = binaries.find(server.major)
    if account.run(programs.folder / "postgres", "--version").returncode != 0:
        programs = programs.copy_to(home)
        account.give(programs.folder.parents[2])
    data, sockets = home / "data", server.socket_folder_in(home)
    if not data.exists():
        _create(data, programs, account)
    data.chmod(0o700)  # a careless copy or chmod -R opens it, and PostgreSQL then refuses it
    claim(sockets, mode=0o700, owner=account.uid)
    account.give(sockets)
    # No process of PostgreSQL is left: these are of a killed one, whose number may be taken again.
    (data / "postmaster.pid").unlink(missing_ok=True)
    for leftover in sockets.glob(".s.PGSQL.*"):
        leftover.unlink()

    log_before = server.log.stat().st_size if server.log.exists() else 0
    _supervise(server, *account.prefix, *_command(programs, data, sockets))
    if not _becomes_ready(server):
        said = server.log.read_text(errors="replace")[log_before:]
        raise LocalPostgresError(f"PostgreSQL did not start. It said:\n{said}")


def _create(data: Path, programs: Binaries, account: Account) -> None:
    """Make the cluster beside its place, so that a killed attempt leaves nothing half made."""
    for unfinished in data.parent.glob("unfinished-*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    staging = Path(tempfile.mkdtemp(prefix="unfinished-", dir=data.parent))
    account.give(staging)
    made = account.run(
        *(programs.folder / "initdb", f"--pgdata={staging}", f"--username={USER}"),
        *encoding(programs),
        *("--auth-local=trust", "--auth-host=reject", "--no-instructions"),
    )
    if made.returncode != 0:
        raise LocalPostgresError(f"initdb of {programs.origin} failed:\n{made.stdout}")
    staging.rename(data)


def encoding(programs: Binaries) -> tuple[str, ...]:
    """Options of initdb for a cluster that knows all letters, whatever the system's language."""
    if programs.major >= 17:
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
    else:
        locale = ("--locale=C.UTF-8" if sys.platform == "linux" else "--locale=C",)
    return ("--encoding=UTF8", *locale)


def _command(programs: Binaries, data: Path, sockets: Path) -> list[str]:
    quoted_sockets = '"{}"'.format(str(sockets).replace('"', '""'))
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": quoted_sockets,
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "cluster_name": DATABASE,
        # Statements and rows that an error quotes hold names and addresses.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_parameter_max_length": "0",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [str(programs.folder / "postgres"), "-D", str(data), *options]


def _supervise(server: Server, *command: str) -> None:
    """Start a supervisor, which starts the server with that command, or adopts a running one."""
    log = os.open(server.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        subprocess.run(
            [sys.executable, "-S", "-m", f"{__package__}.supervisor", server.var_dir, *command],
            # In a session of its own, and with none of the caller's streams: Ctrl-C in a terminal
            # must not reach it, nor must the reader of the caller's output wait for it.
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=accounts.clean_environment() | {"PYTHONPATH": str(_PROJECT)},
            cwd="/",
            check=True,
        )
    except subprocess.CalledProcessError as error:
        raise LocalPostgresError(f"the supervisor failed; see {server.log}") from error
    finally:
        os.close(log)
