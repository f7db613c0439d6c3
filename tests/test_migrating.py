"""`migrate` lets nobody wait: see flexpledge/management/commands/migrate.py."""

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from psycopg2.errors import LockNotAvailable

from flexpledge.management.commands import migrate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def timeouts(monkeypatch):
    """The limits in force while migrations run, which here are no more than a question."""
    seen = {}

    def ask(*_arguments, **_options):
        with connection.cursor() as cursor:
            for name, comment in [("usual", ""), ("patient", "/* CONCURRENTLY */ ")]:
                cursor.execute(f"{comment}SELECT current_setting('lock_timeout')")
                seen[name] = cursor.fetchone()[0]

    monkeypatch.setattr(migrate.migrate.Command, "handle", ask)
    call_command("migrate", verbosity=0)
    connection.close()
    return seen


def test_a_migration_waits_for_a_table_no_longer_than_a_second(timeouts):
    assert timeouts["usual"] == "1s"


def test_what_is_done_concurrently_takes_its_time(timeouts):
    assert timeouts["patient"] == "0"


@pytest.fixture
def tables_in_use(monkeypatch):
    """Calls of Django's own `migrate`, the first two of which find a table in use."""
    calls = []
    monkeypatch.setattr(migrate, "PAUSE_S", 0)

    def refuse(*_arguments, **_options):
        calls.append(1)
        if len(calls) < 3:
            raise OperationalError from LockNotAvailable()

    monkeypatch.setattr(migrate.migrate.Command, "handle", refuse)
    yield calls
    connection.close()


def test_a_table_in_use_is_tried_again(tables_in_use, capsys):
    call_command("migrate", verbosity=0)
    assert len(tables_in_use) == 3
    assert "Somebody uses a table." in capsys.readouterr().err


def test_after_a_while_it_gives_up(tables_in_use, monkeypatch):
    monkeypatch.setattr(migrate, "PATIENCE_S", -1)
    with pytest.raises(OperationalError):
        call_command("migrate", verbosity=0)
    assert len(tables_in_use) == 1
