"""As whom PostgreSQL runs, and where: it refuses to run as root.

For root it runs in a user namespace, where root's files belong to a user who is not root, or else
as a user made for such things. No user is created, and no permission changed but of own folders.
"""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import become
from .errors import LocalPostgresError
from .server import Server, claim

NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")


@dataclass(frozen=True)
class Account:
    name: str
    prefix: tuple[str, ...] = ()  # before a command, makes it run as this account
    uid: int | None = None  # None: files of the present user are its own
    gid: int | None = None

    def run(self, *command: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.prefix, *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=clean_environment(),
            cwd="/",
        )

    def can_enter(self, folder: Path) -> bool:
        return self.run("/bin/sh", "-c", 'test -x "$1"', "sh", folder).returncode == 0

    def give(self, path: Path) -> None:
        """Make it the owner of a path of ours and all below."""
        if self.uid is None:
            return
        for each in [path, *path.rglob("*")]:
            os.chown(each, self.uid, self.gid, follow_symlinks=False)


PRESENT_USER = Account("the present user")


def settle(server: Server) -> tuple[Account, Path]:
    """Who runs the server, and in which home: as before, or for new data the best there is."""
    if server.data.exists():
        owner = server.data.stat()
        return _owner(server.data, owner.st_uid, owner.st_gid), server.home
    if os.geteuid() != 0:
        return PRESENT_USER, server.folder
    accounts = list(for_root())
    for account in accounts:
        if account.can_enter(server.folder.parent):
            return account, server.folder
    for account in accounts:
        if account.can_enter(server.private_home.parent):
            return account, server.private_home
    raise LocalPostgresError(
        "PostgreSQL refuses to run as root. Tried in vain: a user namespace, the users postgres "
        f"and nobody, in {server.folder} and {server.private_home}. Set DATABASE_URL, or run "
        "this as a user who is not root."
    )


def open_home(server: Server, home: Path, account: Account) -> None:
    """Let the account pass through a home that is not its own, but not look around."""
    if home == server.folder and home.stat().st_uid == account.uid:  # root uses a user's server
        return
    claim(home, mode=0o700 if account.uid is None else 0o711)


def user_namespaces_work() -> bool:
    if sys.platform != "linux" or not shutil.which("unshare"):
        return False
    return subprocess.run([*NAMESPACE, "/bin/sh", "-c", ":"], capture_output=True).returncode == 0


def clean_environment() -> dict[str, str]:
    """The caller's, without what would change the server's language or whom libpq talks to."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}


def _owner(data: Path, uid: int, gid: int) -> Account:
    if uid == os.geteuid() and uid != 0:
        return PRESENT_USER
    if os.geteuid() != 0:
        raise LocalPostgresError(f"{data} belongs to another user (number {uid}): run this as them")
    if uid != 0:
        return _other(f"user {uid}", uid, gid)
    if user_namespaces_work():
        return Account("root in a user namespace", NAMESPACE)
    raise LocalPostgresError(
        f"{data} belongs to root, as whom PostgreSQL refuses to run, and this system allows no "
        "user namespaces. Give the folder to a user: chown -R postgres or nobody."
    )


def for_root() -> Iterator[Account]:
    if user_namespaces_work():
        yield Account("root in a user namespace", NAMESPACE)
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        yield _other(name, user.pw_uid, user.pw_gid)


def _other(name: str, uid: int, gid: int) -> Account:
    prefix = (sys.executable, "-I", "-S", become.__file__, str(uid), str(gid))
    return Account(name, prefix, uid, gid)
