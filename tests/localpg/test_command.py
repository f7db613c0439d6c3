import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from flexpledge.localpg import binaries

from .processes import manage


@pytest.fixture
def localpg(monkeypatch):
    """Run the command on a server; return what it shows."""

    def run(server, action):
        monkeypatch.setitem(connection.settings_dict, "VAR_DIR", server and str(server.var_dir))
        call_command("localpg", action, stdout=(shown := io.StringIO()))
        return shown.getvalue()

    return run


def test_status_shows_a_server_not_made_yet_and_starts_none(localpg, new_server):
    shown = localpg(new_server, "status")

    assert "not running" in shown
    assert f"{new_server.data} (not made yet)" in shown
    assert not new_server.folder.exists()


def test_status_shows_a_running_server(localpg, used_server):
    shown = localpg(used_server, "status")

    assert f"PostgreSQL {used_server.major}" in shown
    assert f"running, pid {used_server.pid}" in shown
    assert str(used_server.socket_folder) in shown
    assert str(used_server.log) in shown


def test_status_says_so_where_there_is_no_postgresql(localpg, new_server, tmp_path, monkeypatch):
    monkeypatch.setenv("PGBIN", str(tmp_path))

    with pytest.raises(CommandError, match="No usable PostgreSQL was found"):
        localpg(new_server, "status")


def test_stop_stops_the_server_once(localpg, used_server):
    assert "is stopped" in localpg(used_server, "stop")
    assert not used_server.is_alive()

    assert "was not running" in localpg(used_server, "stop")


def test_psql_starts_the_server_and_talks_to_it(server):
    if not (binaries.find(server.major).folder / "psql").exists():
        pytest.skip("these programs come without psql")

    done = manage(server.var_dir, "localpg", "psql", "--", "-Atc", "SHOW cluster_name")

    assert done.stdout == "flexpledge\n", done.stderr


def test_the_command_refuses_where_the_database_is_somebody_elses(localpg):
    with pytest.raises(CommandError, match="DATABASE_URL"):
        localpg(None, "status")
