"""What is known of the server from outside, and how to stop it. Starting it is `cluster`'s."""

import hashlib
import os
import signal
import socket
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from . import locks
from .errors import LocalPostgresError

DATABASE = "flexpledge"
USER = "flexpledge"
PATIENCE_S = 15  # with an orderly shutdown
STOP_TIMEOUT_S = 60

_SOCKET_FILE = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes on Linux, 103 on macOS
_LINE_OF_PID, _LINE_OF_SOCKET_FOLDER, _LINE_OF_STATE = 0, 4, 7  # in postmaster.pid


class Server:
    """The PostgreSQL of one `var` folder.

    `folder` holds the log and four locks, which belong to whoever runs the site:
    `change` is held while the server is started or stopped; `lease` is shared by the processes
    that use it; `supervisor` is held by the supervisor; `alive` is inherited by every process of
    PostgreSQL, so while it is free none is left, whatever a stale postmaster.pid may say.
    `home` holds what belongs to PostgreSQL: data, socket, copied programs.
    """

    def __init__(self, var_dir: Path) -> None:
        self.var_dir = Path(var_dir).absolute()
        self.folder = (self.var_dir / "postgres").resolve()
        self.log = self.folder / "server.log"
        self.change_lock = self.folder / "change.lock"
        self.lease = self.folder / "lease.lock"
        self.supervisor_lock = self.folder / "supervisor.lock"
        self.alive_lock = self.folder / "alive.lock"

    @property
    def key(self) -> str:
        return hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]

    def check_owner(self) -> None:
        """Only root and the user who made the server can use it."""
        if self.folder.exists() and os.geteuid() not in (0, self.folder.stat().st_uid):
            raise LocalPostgresError(
                f"{self.folder} belongs to another user: run this as them, or remove the folder."
            )

    @property
    def private_home(self) -> Path:
        """For root, where PostgreSQL may not be root and nobody else may enter `var`."""
        return Path("/var/tmp") / f"flexpledge-{self.key}"  # noqa: S108 - checked by `claim`

    @property
    def home(self) -> Path:
        if (
            os.geteuid() == 0
            and not (self.folder / "data").exists()
            and (self.private_home / "data").exists()
        ):
            claim(self.private_home, mode=0o711)
            return self.private_home
        return self.folder

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def major(self) -> int | None:
        """The version that wrote the data; only the same one can read it."""
        try:
            return int((self.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None

    @property
    def socket_folder(self) -> Path:
        """Of the running server, which may have been started under another TMPDIR, or the next."""
        return Path(self._state(_LINE_OF_SOCKET_FOLDER) or self.socket_folder_in(self.home))

    def socket_folder_in(self, home: Path) -> Path:
        name = f"flexpledge-{os.geteuid()}-{self.key}"
        for folder in (home / "socket", Path(tempfile.gettempdir()) / name):
            if len(os.fsencode(folder / _SOCKET_FILE)) <= _LONGEST_SOCKET_PATH:
                return folder
        return Path("/tmp") / name  # noqa: S108 - checked by `claim`

    def is_alive(self) -> bool:
        """Whether any process of PostgreSQL is left, be it starting, stopping or orphaned."""
        return not locks.could_be_taken(self.alive_lock, locks.SHARED)

    def is_ready(self) -> bool:
        """Whether it takes connections, as far as can be seen without making one."""
        return self.is_alive() and self._state(_LINE_OF_STATE) == "ready" and self._answers()

    def is_supervised(self) -> bool:
        return not locks.could_be_taken(self.supervisor_lock, locks.SHARED)

    def is_used(self) -> bool:
        return not locks.could_be_taken(self.lease, locks.EXCLUSIVE)

    @property
    def pid(self) -> int | None:
        """Of the postmaster: without a process of PostgreSQL the number says nothing."""
        number = self._state(_LINE_OF_PID)
        return int(number) if number and self.is_alive() else None

    def stop(self) -> None:
        """End the server whoever is connected; nothing committed is lost. Hold `change_lock`."""
        began = time.monotonic()
        while self.is_alive():
            waited_s = time.monotonic() - began
            if waited_s > STOP_TIMEOUT_S:
                raise LocalPostgresError(f"PostgreSQL does not stop; its log is {self.log}")
            # A fast shutdown asked for during the recovery from a crash was seen to hang (18.6).
            self.ask_to_stop("fast" if waited_s < PATIENCE_S else "immediate")
            time.sleep(0.05)

    def ask_to_stop(self, mode: str = "fast") -> None:
        if pid := self.pid:
            with suppress(ProcessLookupError):
                os.kill(pid, {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}[mode])

    def _state(self, line: int) -> str:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, PermissionError):
            return ""
        return lines[line].strip() if len(lines) > line else ""

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(2)
            try:
                client.connect(str(self.socket_folder / _SOCKET_FILE))
            except OSError:
                return False
        return True


def claim(folder: Path, mode: int, owner: int | None = None) -> None:
    """Make a folder where others can write, and refuse one that somebody else laid there.

    A folder of `owner` (a user's number) is as good as our own.
    """
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), owner}:
        raise LocalPostgresError(f"{folder} belongs to somebody else; remove it")
    if stat.S_IMODE(found.st_mode) != mode:
        folder.chmod(mode)
