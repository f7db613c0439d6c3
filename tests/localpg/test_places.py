import shutil
import stat
import tempfile
from pathlib import Path

import pytest

from flexpledge.localpg import cluster
from flexpledge.localpg.errors import LocalPostgresError
from flexpledge.localpg.server import claim

from .processes import ask


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_data_folder_opened_by_a_careless_chmod_is_closed_again(server):
    server.data.chmod(0o755)

    cluster.ensure_running(server)

    assert mode(server.data) == 0o700


@pytest.mark.parametrize("name", ['two "quotes", a comma', "a $HOME"])
def test_the_path_may_hold_any_character(name, tmp_path, track, cluster_to_copy):
    server = track(tmp_path / name / "var")
    shutil.copytree(cluster_to_copy, server.var_dir)

    cluster.ensure_running(server)

    assert ask(server, "SELECT 1") == 1


def test_a_long_path_moves_the_socket_to_the_folder_for_temporary_files(
    tmp_path, track, cluster_to_copy, monkeypatch, request
):
    server = track(tmp_path / ("long" * 25) / "var")
    shutil.copytree(cluster_to_copy, server.var_dir)
    temporary = tempfile.mkdtemp(dir="/tmp")  # pytest's own may be too long as well
    request.addfinalizer(lambda: shutil.rmtree(temporary))
    monkeypatch.setattr("tempfile.tempdir", temporary)

    cluster.ensure_running(server)

    assert server.socket_folder.parent == Path(temporary)
    assert mode(server.socket_folder) == 0o700
    # Another process may look with another TMPDIR: the running server says where it is.
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    assert ask(server, "SELECT 1") == 1


def test_a_home_only_its_owner_can_enter_stays_closed(tmp_path, track, cluster_to_copy):
    home = tmp_path / "home"
    server = track(home / "project" / "var")
    shutil.copytree(cluster_to_copy, server.var_dir)
    home.chmod(0o700)
    before = {parent: mode(parent) for parent in server.folder.parents}

    cluster.ensure_running(server)

    assert ask(server, "SELECT 1") == 1
    assert {parent: mode(parent) for parent in server.folder.parents} == before


def test_a_link_laid_where_our_folder_belongs_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "ours").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(LocalPostgresError, match="belongs to somebody else"):
        claim(tmp_path / "ours", mode=0o700)
