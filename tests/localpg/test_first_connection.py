from flexpledge.localpg import database

from .processes import ask, databases, manage

CONNECT = "from django.db import connection; connection.ensure_connection()"


def test_describing_the_database_starts_nothing(new_server):
    entry = database(new_server.var_dir)

    assert entry["ENGINE"] == "flexpledge.localpg"
    assert not new_server.var_dir.exists()


def test_commands_that_need_no_database_start_no_server(new_server):
    assert manage(new_server.var_dir, "check").returncode == 0
    assert manage(new_server.var_dir, "migrate", "--help").returncode == 0

    assert not new_server.folder.exists()


def test_the_first_connection_makes_the_cluster_and_its_database(tmp_path, track):
    server = track(tmp_path / "it's a path" / "var")

    done = manage(server.var_dir, "shell", "-c", CONNECT)

    assert done.returncode == 0, done.stderr
    # The command's output has ended, so the server does not hold on to it, and yet is running.
    assert server.is_ready()
    assert databases(server) == {"postgres", "flexpledge"}
    assert ask(server, "SHOW timezone") == "UTC"
    assert ask(server, "SHOW fsync") == "on"
    assert ask(server, "SHOW listen_addresses") == ""


def test_a_database_that_was_dropped_is_made_again(used_server):
    assert databases(used_server) == {"postgres"}

    assert manage(used_server.var_dir, "shell", "-c", CONNECT).returncode == 0

    assert databases(used_server) == {"postgres", "flexpledge"}


def test_the_maintenance_database_can_be_reached_first_as_the_test_runner_does(server):
    done = manage(
        server.var_dir,
        "shell",
        "-c",
        "from django.db import connection\n"
        "with connection._nodb_cursor() as cursor:\n"
        "    cursor.execute('SELECT current_database()')\n"
        "    assert cursor.fetchone() == ('postgres',)",
    )

    assert done.returncode == 0, done.stderr


def test_a_connection_comes_back_after_a_process_of_the_server_was_killed(server):
    done = manage(
        server.var_dir,
        "shell",
        "-c",
        "import os, signal\n"
        "from contextlib import suppress\n"
        "from django.db import connection\n"
        "with connection.cursor() as cursor:\n"
        "    cursor.execute('SELECT pg_backend_pid()')\n"
        "    [pid] = cursor.fetchone()\n"
        "os.kill(pid, signal.SIGKILL)\n"
        "with suppress(ProcessLookupError):\n"
        "    while True:\n"
        "        os.kill(pid, 0)\n"
        "connection.connect()\n"
        "with connection.cursor() as cursor:\n"
        "    cursor.execute('SELECT 1')",
    )

    assert done.returncode == 0, done.stderr


def test_without_any_postgresql_the_connection_fails_and_says_what_was_tried(new_server, tmp_path):
    done = manage(new_server.var_dir, "shell", "-c", CONNECT, PGBIN=str(tmp_path))

    assert "django.db.utils.OperationalError" in done.stderr
    assert f"{tmp_path}: has no initdb" in done.stderr
