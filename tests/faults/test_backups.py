"""The drill of docs/operations.md with base and archive, to the letter: what was archived is back."""

import os
import re
import shutil
import subprocess

import pytest

from tests.servers import PostgreSQL, wait_until
from tests.servers.postgresql import USER
from tests.servers.server import HOST, PROJECT, environment

pytestmark = pytest.mark.faults


def settings_of_the_archive(backup):
    """Of the shipped file, by name, for an archive in this folder."""
    shipped = (PROJECT / "deploy/postgresql-archive.conf").read_text(encoding="utf-8")
    assert "/srv/backup" in shipped
    lines = re.findall(r"^(\w+) = '?(.*?)'?(?: +#.*)?$", shipped, re.MULTILINE)
    return {name: value.replace("/srv/backup", str(backup)) for name, value in lines}


def follow(heading, *, database, **places):
    """Runs the commands below that heading of the documentation as they stand there.

    `places` are what stands there as `NAME=/folder`.
    """
    text = (PROJECT / "docs/operations.md").read_text(encoding="utf-8")
    commands = re.search(rf"^### {heading}\n.*?```sh\n(.*?)```", text, re.MULTILINE | re.DOTALL)[1]
    for name, place in places.items():
        commands, times = re.subn(rf"(?m)^{name}=.*$", f"{name}={place}", commands)
        assert times == 1, name
    programs = f"{database.programs.folder}:{os.environ['PATH']}"
    server = {"PATH": programs, "PGHOST": HOST, "PGPORT": str(database.port), "PGUSER": USER}
    done = subprocess.run(
        ["sh", "-euc", commands], env=environment(server), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("old_disk_can_be_read", "back"), [(False, 2), (True, 3)])
def test_base_and_archive_bring_back_what_was_archived(
    place, running_here, old_disk_can_be_read, back
):
    folder = place / f"back-{back}"
    backup = folder / "backup"
    (backup / "wal").mkdir(parents=True)
    old = PostgreSQL(folder / "old", **settings_of_the_archive(backup))
    old.account.give(backup)
    running_here(old)
    old.query("CREATE TABLE signed (name text); INSERT INTO signed VALUES ('before the base')")
    follow("To lose five minutes instead of a day", database=old, BACKUP=backup)
    old.query("INSERT INTO signed VALUES ('archived')")
    ((segment,),) = old.query("SELECT pg_walfile_name(pg_switch_wal())")
    wait_until((backup / "wal" / segment).exists, old.said)
    old.query("INSERT INTO signed VALUES ('after that')")
    old.kill()
    if old_disk_can_be_read:
        for log in (old.data / "pg_wal").glob("0*"):
            if not (backup / "wal" / log.name).exists():
                shutil.copy(log, backup / "wal")

    new = PostgreSQL(folder / "new")
    follow("Drill: back to five minutes ago", database=new, BACKUP=backup, PGDATA=new.data)
    for given in (new.folder, backup):
        new.account.give(given)
    running_here(new)
    wait_until(lambda: new.query("SELECT pg_is_in_recovery()") == [(False,)], new.said)
    assert new.query("SELECT count(*) FROM signed") == [(back,)]
