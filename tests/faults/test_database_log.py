"""The settings of docs/security.md, to the letter: PostgreSQL's own log names nobody."""

import re

import psycopg2
import pytest

from tests.servers import PostgreSQL
from tests.servers.server import PROJECT

pytestmark = pytest.mark.faults

CARELESS = {"log_min_duration_statement": "0", "log_lock_waits": "on", "log_statement": "all"}
FAILING = [
    "INSERT INTO people VALUES ('robin@example.org')",
    "SELECT 'robin@example.org' FROM nowhere",
    "PREPARE find AS SELECT $1::int; EXECUTE find('robin@example.org'::text::int)",
]


@pytest.fixture
def database(place, running_here):
    database = running_here(PostgreSQL(place / "database", **CARELESS))
    database.query("CREATE TABLE people (email text UNIQUE)")
    return database


def log_of_failures(database):
    begins = len(database.said())
    database.query("INSERT INTO people VALUES ('robin@example.org') ON CONFLICT DO NOTHING")
    for statement in FAILING:
        with pytest.raises(psycopg2.Error):
            database.query(statement)
    return database.said()[begins:]


def test_postgresql_names_nobody_once_the_role_has_the_documented_settings(database):
    assert "robin" in log_of_failures(database)
    text = (PROJECT / "docs/security.md").read_text(encoding="utf-8")
    (settings,) = re.findall(r"```sql\n(ALTER ROLE .*?)```", text, re.DOTALL)
    database.query(settings)
    log = log_of_failures(database)
    assert log.count("ERROR:") == len(FAILING)
    assert "robin" not in log.replace('integer: "robin@example.org"', "")
