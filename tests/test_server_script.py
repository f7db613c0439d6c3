"""`script/server`: one command brings the site up, one signal takes all of it down."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PATIENCE_S = 300  # the first start may have to install


@pytest.fixture
def var(tmp_path):
    """A place for database and files with a space in its name, nobody else's."""
    return tmp_path / "var of this test"


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def start(var, port, tmp_path):
    """Starts the script as a newcomer would, from elsewhere and with nothing set."""
    started = []

    def start(**environment):
        process = subprocess.Popen(
            [ROOT / "script/server"],
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "HOME": os.environ.get("HOME", "/"),
                "DATABASE_URL": "",
                "VAR_DIR": str(var),
                "PORT": str(port),
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=hear_signals,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=PATIENCE_S)


def hear_signals():
    """A shell can trap no signal that was ignored when it started, as under nohup."""
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, signal.SIG_DFL)


def fetch(process, port, path):
    """The answer at this path, once the site gives one."""
    give_up_at = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up_at and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
                return answer.read().decode()
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError(process.communicate(timeout=1)[0])


def left_over(process):
    """The processes of the session that the script led."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            session = status.read_text().rpartition(")")[2].split()[3]
            words = (status.parent / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        if session == str(process.pid) and words:
            found.append(words)
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_one_signal_stops_web_server_worker_and_database(start, var, port, sign):
    process = start()
    assert "Work Flexibility" in fetch(process, port, "/")
    assert any("manage.py worker" in words for words in left_over(process))

    process.send_signal(sign)
    said, _nothing = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 0, said
    assert left_over(process) == []
    assert not (var / "postgres/data/postmaster.pid").exists()


def test_a_newcomer_is_told_where_everything_is_and_data_survives_a_second_start(start, var, port):
    process = start()
    before = fetch(process, port, "/count.txt")
    process.terminate()
    said, _nothing = process.communicate(timeout=PATIENCE_S)
    name, password = (var / "staff-login").read_text().split()
    for words in (
        f"http://127.0.0.1:{port}/",
        "/blog/",
        "/dev/mail/",
        "/admin/",
        f"name {name}, password {password}",
    ):
        assert words in said

    again = start()
    assert fetch(again, port, "/count.txt") == before
    again.terminate()
    assert password in again.communicate(timeout=PATIENCE_S)[0]


def test_a_taken_port_is_said_in_words(start, port):
    with socket.create_server(("127.0.0.1", port)):
        process = start()
        said, _nothing = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 1
    assert f"port {port}" in said
    assert "PORT=8001 script/server" in said
    assert "Traceback" not in said


def test_a_site_that_cannot_start_ends_with_the_reason(start):
    process = start(DEBUG="false")
    said, _nothing = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 1
    assert "Set SECRET_KEY" in said
