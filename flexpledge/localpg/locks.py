"""Locks on files (flock), which the kernel drops with their last holder, even after kill -9.

A lock belongs to the open file, so children that inherit the descriptor hold it too.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EXCLUSIVE = fcntl.LOCK_EX
SHARED = fcntl.LOCK_SH

_leases: dict[Path, int] = {}


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def take(path: Path, mode: int = EXCLUSIVE) -> int:
    """Wait for the lock; the descriptor returned holds it until it is closed."""
    descriptor = _open(path)
    fcntl.flock(descriptor, mode)
    return descriptor


def try_to_take(path: Path, mode: int = EXCLUSIVE) -> int | None:
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def release(descriptor: int) -> None:
    """Unlock for forked children too, which closing alone would leave holding it."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


@contextmanager
def held(path: Path) -> Iterator[None]:
    descriptor = take(path)
    try:
        yield
    finally:
        release(descriptor)


def could_be_taken(path: Path, mode: int) -> bool:
    """Ask SHARED whether anybody holds it alone, EXCLUSIVE whether anybody holds it at all."""
    if not path.exists():
        return True
    descriptor = try_to_take(path, mode)
    if descriptor is None:
        return False
    release(descriptor)
    return True


def keep_lease(path: Path) -> None:
    """Share the lock until this process and every child forked from it are gone."""
    if not has_lease(path):
        _leases[path] = take(path, SHARED)


def has_lease(path: Path) -> bool:
    """False also when the file was deleted since: nobody would see a lease on the old one."""
    try:
        return os.path.samestat(os.fstat(_leases[path]), path.stat())
    except (KeyError, OSError):
        return False
