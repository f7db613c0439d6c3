"""What the private server writes down: that a statement failed, not about whom."""

import psycopg2
import pytest

from .processes import ask, read_pid

FAILING = {
    "a row that is there": "INSERT INTO people VALUES ('robin@example.org'), ('robin@example.org')",
    "no such column": "SELECT 'robin@example.org' FROM people WHERE nothing",
}


@pytest.mark.parametrize("statement", FAILING.values(), ids=FAILING)
def test_nobody_is_named_in_the_log_of_a_statement_that_failed(server, start_user, statement):
    read_pid(start_user())
    with pytest.raises(psycopg2.Error, match="duplicate|nothing"):
        ask(server, "CREATE TABLE people (email text UNIQUE)", statement)
    log = server.log.read_text()
    assert "ERROR:" in log
    assert "robin" not in log
