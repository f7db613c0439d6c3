import os
import shutil
from pathlib import Path

import pytest

from flexpledge.localpg import locks
from flexpledge.localpg.server import Server

from . import processes


@pytest.fixture
def track(monkeypatch):
    """Give it a `var` folder: whatever the test left running or lying around for it goes away."""
    monkeypatch.setattr(locks, "_leases", leases := {})
    servers = []

    def remember(var_dir: Path) -> Server:
        servers.append(Server(var_dir))
        return servers[-1]

    yield remember
    for descriptor in leases.values():
        os.close(descriptor)
    for server in servers:
        processes.stop(server)
        shutil.rmtree(server.socket_folder, ignore_errors=True)  # it may be outside the test's own
        if os.geteuid() == 0:
            shutil.rmtree(server.private_home, ignore_errors=True)


@pytest.fixture
def new_server(tmp_path, track) -> Server:
    """Of a folder where nothing has been made yet."""
    return track(tmp_path / "var")


@pytest.fixture(scope="session")
def cluster_to_copy(tmp_path_factory) -> Path:
    var_dir = tmp_path_factory.mktemp("cluster") / "var"
    user = processes.start_user(var_dir)
    processes.read_pid(user)
    processes.kill(user)
    processes.stop(Server(var_dir))
    return var_dir


@pytest.fixture
def server(cluster_to_copy, new_server) -> Server:
    """Made, not running."""
    shutil.copytree(cluster_to_copy, new_server.var_dir)
    return new_server


@pytest.fixture
def start_user(server):
    """Start a process that uses `server`; killed after the test, if not before."""
    users = []

    def start(**options):
        users.append(processes.start_user(server.var_dir, **options))
        return users[-1]

    yield start
    for user in users:
        processes.kill(user)


@pytest.fixture
def used_server(server, start_user) -> Server:
    """Running, and used by one process."""
    processes.read_pid(start_user())
    return server
