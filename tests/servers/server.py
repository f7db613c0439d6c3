"""A program that is started and stopped, killed and paused, by the numbers of its processes."""

import os
import random
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

PROJECT = Path(__file__).parents[2]
HOST = "127.0.0.1"


class Server:
    """A program that listens on `port` of the loopback and keeps its files in `folder`."""

    stop_signal = signal.SIGTERM
    project = PROJECT  # where it runs
    variables = {}  # the environment it is given, beside PATH and HOME

    def __init__(self, folder, port=None):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True)
        self.port = port or free_port()
        self.log = self.folder / "log"
        self.process = None
        self._said_before = 0

    def command(self):
        raise NotImplementedError

    def is_ready(self):
        with socket.socket() as client:
            return client.connect_ex((HOST, self.port)) == 0

    def launch(self):
        """Starts the program without waiting for it."""
        with self.log.open("ab") as log:
            self._said_before = log.tell()
            self.process = subprocess.Popen(
                list(map(str, self.command())),
                cwd=self.project,
                env=environment(self.variables),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start(self):
        """Starts the program, unless it runs, and returns when it is ready."""
        if self.processes():
            return self
        self.launch()
        try:
            wait_until(lambda: self.process.poll() is not None or self.is_ready(), self.said)
            assert self.process.poll() is None, self.said()
        except BaseException:
            self.stop()  # nobody else would: it has not been handed out yet
            raise
        return self

    def stop(self):
        """Ends it as its operator would; what does not end within 30 seconds is killed."""
        if self.process is None:
            return
        self.resume()
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def restart(self):
        self.stop()
        return self.start()

    def kill(self):
        """kill -9 of all its processes; returns when none holds on to anything any more."""
        processes = self.processes()
        self._signal(signal.SIGKILL)
        self.process.wait()
        wait_until(lambda: not any(map(holds_on, processes)))

    def pause(self):
        """Stops all its processes where they are: they hold their connections and answer nobody."""
        self._signal(signal.SIGSTOP)

    def resume(self):
        self._signal(signal.SIGCONT)

    def processes(self):
        """The numbers of its processes: the program that was started, then all it started."""
        if self.process is None or self.process.poll() is not None:
            return []
        return [self.process.pid, *descendants(self.process.pid)]

    def said(self):
        """Its log since it was last started."""
        return self.log.read_bytes()[self._said_before :].decode(errors="replace")

    def _signal(self, number):
        for process in self.processes():
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_error):
        self.stop()


def environment(variables):
    """These and no others: what a developer has set must not reach the servers of a test."""
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | variables


def free_port():
    """A port that no client is given as its own: a stopped server would find it taken."""
    for port in random.sample(range(10_000, 32_768), 1_000):  # Linux gives from 32,768 on
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port
    raise OSError("No free port")


def wait_until(condition, explain=lambda: "waited in vain", seconds=30):
    """Returns what `condition` gave, once that is true; fails with what `explain` says."""
    give_up_at = time.monotonic() + seconds
    while not (outcome := condition()):
        assert time.monotonic() < give_up_at, explain()
        time.sleep(0.02)
    return outcome


def holds_on(process):
    """Whether the process is there, and not only its exit status."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def descendants(ancestor):
    """The processes that a process started, and those that they started, oldest first."""
    children = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(status.parent.name))
    found = [ancestor]
    for process in found:
        found += sorted(children.get(process, []))
    return found[1:]
