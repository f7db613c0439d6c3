"""Migrations leave the old code working and let nobody wait, with a million pledges there."""

import threading
import time

import pytest

from tests.servers import PostgreSQL, Site

pytestmark = pytest.mark.faults

# No site that held a pledge ever ran an older one: the first release came with all of these.
BEFORE_THE_FIRST_PLEDGE = ("pledges", "0017_ledger")
LOCKED_S = 2  # at most, while people sign


@pytest.fixture(scope="module")
def database(place, running):
    return running(PostgreSQL(place / "database", fsync="off"))


@pytest.fixture(scope="module")
def site(place, database, pytestconfig):
    site = Site(place / "site", DATABASE_URL=database.url)
    site.manage("migrate")
    site.manage("migrate", *BEFORE_THE_FIRST_PLEDGE)
    database.query(PLEDGES, [20_000 if pytestconfig.getoption("small") else 1_000_000])
    return site


PLEDGES = """
    INSERT INTO pledges_pledge (
        email, email_canonical, name, country, region, flexibility, shows_name, wants_news,
        has_shown_voice, wording, code, link_epoch, created_at, confirmed_at, number, source)
    SELECT address, address, 'Sample ' || n, 'CA', '', '{}', mod(n, 3) = 0, false, false, '',
           'n' || to_char(n, 'FM000000000'), 0, now(), now(), n, ''
      FROM generate_series(1, %s) AS n, LATERAL (SELECT n || '@example.invalid') AS made (address)
"""


def test_every_migration_suits_the_old_code_and_holds_no_lock_for_long(database, site):
    for app, name in unapplied(site):
        before = columns(database)
        with Watch(database) as watch:
            site.manage("migrate", app, name)
        assert breaks_old_code(before, columns(database)) == [], f"{app} {name}"
        assert watch.longest_s < LOCKED_S, f"{app} {name}"
    assert unapplied(site) == []


def unapplied(site):
    """Pairs of app and name, in the order in which they are applied."""
    plan = site.manage("showmigrations", "--plan").splitlines()
    return [line.split()[2].split(".", 1) for line in plan if line.startswith("[ ]")]


def columns(database):
    """What code has to know of the tables: for each column its type and whether it must be given."""
    rows = database.query(
        """SELECT table_name, column_name, data_type, is_nullable = 'NO' AND column_default IS NULL
                  AND is_generated = 'NEVER' AND is_identity = 'NO'
             FROM information_schema.columns WHERE table_schema = 'public'"""
    )
    return {(table, column): (kind, is_wanted) for table, column, kind, is_wanted in rows}


def breaks_old_code(before, after):
    """Columns that the old code reads and does not find, or has to write and does not know."""
    old_tables = {table for table, _column in before}
    missing = [place for place, (kind, _) in before.items() if after.get(place, "")[:1] != (kind,)]
    wanted = [
        place
        for place, (_, is_wanted) in after.items()
        if place[0] in old_tables and is_wanted and not before.get(place, (None, False))[1]
    ]
    return missing + wanted


def test_what_breaks_old_code_is_seen():
    before = {("pledge", "name"): ("text", True), ("pledge", "code"): ("text", False)}
    assert breaks_old_code(before, before) == []
    assert breaks_old_code(before, before | {("pledge", "new"): ("text", False)}) == []
    assert breaks_old_code(before, before | {("other", "new"): ("text", True)}) == []
    assert breaks_old_code(before, before | {("pledge", "new"): ("text", True)})
    assert breaks_old_code(before, before | {("pledge", "code"): ("text", True)})
    assert breaks_old_code(before, before | {("pledge", "name"): ("integer", True)})
    assert breaks_old_code(before, {("pledge", "name"): ("text", True)})


class Watch(threading.Thread):
    """Measures for how long at a stretch somebody keeps others from the pledges."""

    def __init__(self, database):
        super().__init__()
        self.connection = database.connect()
        self.longest_s = 0
        self.is_over = threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        self.is_over.set()
        self.join()
        self.connection.close()

    def run(self):
        free_at = time.monotonic()
        while not self.is_over.wait(0.01):
            is_locked = self.is_locked()
            now = time.monotonic()
            self.longest_s = max(self.longest_s, now - free_at if is_locked else 0)
            free_at = free_at if is_locked else now

    def is_locked(self):
        """Against people who sign: stronger than what CREATE INDEX CONCURRENTLY takes."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                """SELECT FROM pg_locks
                    WHERE relation = 'pledges_pledge'::regclass AND granted
                      AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock',
                                   'AccessExclusiveLock')"""
            )
            return bool(cursor.rowcount)


def test_a_lock_that_is_held_is_measured(database, site):
    holder = database.connect()
    holder.autocommit = False
    with Watch(database) as watch:
        holder.cursor().execute("LOCK TABLE pledges_pledge IN SHARE MODE")
        time.sleep(0.5)
        holder.rollback()
        time.sleep(0.2)
    assert watch.longest_s > 0.4
    holder.close()
