"""How long the server lives, who keeps it, and what a kill -9 leaves."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

from flexpledge.localpg import cluster

from . import processes
from .processes import ask, kill, kill_server, read_pid, wait_until

KEEP_A_ROW = ("CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)")
READ_THE_ROW = "SELECT n FROM kept"


def parent_of(pid: int) -> int:
    shown = subprocess.run(["ps", "-o", "ppid=", "-p", str(pid)], capture_output=True, check=True)
    return int(shown.stdout)


def test_processes_that_start_at_once_share_one_server(new_server):
    users = [processes.start_user(new_server.var_dir) for _ in range(4)]
    try:
        assert len({read_pid(user) for user in users}) == 1
    finally:
        for user in users:
            kill(user)


def test_the_server_goes_away_after_its_last_user_was_killed_and_keeps_the_data(server, start_user):
    first, second = start_user(), start_user()
    read_pid(first), read_pid(second)
    ask(server, *KEEP_A_ROW)

    kill(first)
    assert server.is_used()
    kill(second)
    wait_until(lambda: not server.is_alive() and not server.is_supervised())

    read_pid(start_user())
    assert ask(server, READ_THE_ROW) == 7


def test_a_user_who_comes_while_the_server_stops_gets_a_new_one(server, start_user):
    first = start_user()
    old = read_pid(first)
    kill(first)
    os.kill(old, signal.SIGINT)

    new = read_pid(start_user())

    assert new != old
    assert ask(server, "SELECT 1") == 1


def test_a_forked_child_keeps_the_server_of_its_killed_parent(server):
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, sys, time\n"
            "from pathlib import Path\n"
            "from flexpledge.localpg import cluster\n"
            "from flexpledge.localpg.server import Server\n"
            "cluster.ensure_running(Server(Path(sys.argv[1])))\n"
            "child = os.fork()\n"
            "if child:\n"
            "    print(child, flush=True)\n"
            "time.sleep(60)",
            str(server.var_dir),
        ],
        cwd=processes.PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()

    assert server.is_used()
    os.kill(child, signal.SIGKILL)
    wait_until(lambda: not server.is_used())
    parent.stdout.close()


def test_ctrl_c_in_a_terminal_does_not_reach_the_server(used_server):
    assert os.getsid(used_server.pid) == used_server.pid
    assert os.getsid(parent_of(used_server.pid)) != os.getsid(0)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_server_holds_no_stream_of_the_process_that_started_it(used_server):
    for pid in (used_server.pid, parent_of(used_server.pid)):
        streams = {os.readlink(f"/proc/{pid}/fd/{number}") for number in (0, 1, 2)}
        assert streams == {"/dev/null", str(used_server.log)}


def test_a_killed_server_starts_again_with_its_data(used_server, start_user):
    ask(used_server, *KEEP_A_ROW)
    kill_server(used_server)

    read_pid(start_user())

    assert ask(used_server, READ_THE_ROW) == 7


def test_a_stale_pid_that_belongs_to_another_process_by_now_is_no_obstacle(server, start_user):
    user = start_user()
    read_pid(user)
    stale = (server.data / "postmaster.pid").read_text().split("\n", 1)[1]
    kill_server(server)
    kill(user)
    wait_until(lambda: not server.is_alive())
    mine = os.getpid()
    (server.data / "postmaster.pid").write_text(f"{mine}\n{stale}")
    (server.socket_folder / ".s.PGSQL.5432.lock").write_text(f"{mine}\n{stale}")

    assert server.pid is None
    assert read_pid(start_user()) != mine


def test_a_killed_initdb_leaves_nothing_half_made(new_server):
    maker = processes.start_user(new_server.var_dir, start_new_session=True)
    wait_until(lambda: any(new_server.home.glob("unfinished-*/base")))
    os.killpg(maker.pid, signal.SIGKILL)
    kill(maker)
    assert not new_server.data.exists()

    cluster.ensure_running(new_server)

    assert ask(new_server, "SELECT 1") == 1
    assert not any(new_server.home.glob("unfinished-*"))


def test_a_server_whose_supervisor_was_killed_gets_another_one(used_server, start_user):
    pid = used_server.pid
    os.kill(parent_of(pid), signal.SIGKILL)
    wait_until(lambda: not used_server.is_supervised())

    assert read_pid(start_user()) == pid
    assert used_server.is_supervised()


def test_a_supervisor_asked_to_end_stops_the_server_first(used_server):
    os.kill(parent_of(used_server.pid), signal.SIGTERM)

    wait_until(lambda: not used_server.is_supervised())
    assert not used_server.is_alive()


def test_a_server_whose_socket_was_deleted_can_be_stopped(server):
    cluster.ensure_running(server)
    shutil.rmtree(server.socket_folder)

    processes.stop(server)

    cluster.ensure_running(server)
    assert ask(server, "SELECT 1") == 1


def test_a_lease_on_a_file_that_was_deleted_is_taken_again(server):
    cluster.ensure_running(server)
    server.lease.unlink()

    cluster.ensure_running(server)

    assert server.is_used()
