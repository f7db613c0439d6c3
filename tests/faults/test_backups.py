"""The drills of docs/operations.md, to the letter: what was acknowledged before is back."""

import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from tests.faults.conftest import one_of_each
from tests.faults.crowd import Crowd
from tests.servers import PostgreSQL, Site, wait_until
from tests.servers.postgresql import DATABASE, USER
from tests.servers.server import HOST, PROJECT, environment

pytestmark = pytest.mark.faults


def settings_of_the_archive(backup):
    """Of the shipped file, by name, for an archive in this folder."""
    shipped = (PROJECT / "deploy/postgresql-archive.conf").read_text(encoding="utf-8")
    assert "/srv/backup" in shipped
    lines = re.findall(r"^(\w+) = '?(.*?)'?(?: +#.*)?$", shipped, re.MULTILINE)
    return {name: value.replace("/srv/backup", str(backup)) for name, value in lines}


def follow(heading, *, database, site=None, folder=None, **places):
    """Runs the commands below that heading of the documentation as they stand there.

    `places` are what stands there as `NAME=/folder`; `folder` is that of the site, with its `var`.
    """
    text = (PROJECT / "docs/operations.md").read_text(encoding="utf-8")
    commands = re.search(rf"^### {heading}\n.*?```sh\n(.*?)```", text, re.MULTILINE | re.DOTALL)[1]
    for name, place in places.items():
        commands, times = re.subn(rf"(?m)^{name}=.*$", f"{name}={place}", commands)
        assert times == 1, name
    commands = commands.replace(
        ".venv/bin/python manage.py", shlex.join([sys.executable, f"{PROJECT}/manage.py"])
    )
    programs = f"{database.programs.folder}:{os.environ['PATH']}"
    server = {"PATH": programs, "PGHOST": HOST, "PGPORT": str(database.port), "PGUSER": USER}
    variables = site.variables | server if site else server
    done = subprocess.run(
        ["sh", "-euc", commands],
        cwd=folder,
        env=environment(variables),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dump_of_a_busy_site_brings_back_all_that_was_acknowledged(place, running_here):
    busy = one_of_each(place / "busy", running_here)
    (place / "busy/var/media").mkdir(parents=True)
    (place / "busy/var/media/a.png").write_bytes(b"a picture")
    backup = place / "dump"
    backup.mkdir()
    crowd = Crowd(busy.web.url, busy.mail, people=8, lives=80, seed=1).start()
    try:
        wait_until(lambda: len(crowd.confirmed) >= 8, seconds=120)
        signed, confirmed = set(crowd.signed), set(crowd.confirmed)
        follow("Every night", database=busy.database, folder=place / "busy", BACKUP=backup)
        wait_until(lambda: len(crowd.signed) > len(signed))
    finally:
        crowd.join()
    assert not crowd.errors

    new = running_here(PostgreSQL(place / "new/database"))
    new.query(f"DROP DATABASE {DATABASE}", database="postgres")
    (place / "new/var").mkdir()
    there = Site(place / "new/var", **busy.site.variables | {"DATABASE_URL": new.url})
    follow(
        "Drill: back to last night",
        database=new,
        site=there,
        folder=place / "new",
        BACKUP=backup,
    )
    rows = new.query("SELECT email, confirmed_at IS NOT NULL FROM pledges_pledge")
    assert signed <= {address for address, _ in rows}
    assert confirmed <= {address for address, is_confirmed in rows if is_confirmed}
    assert (place / "new/var/media/a.png").read_bytes() == b"a picture"


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
