"""Several web processes, one sum: read from a gunicorn as it is run in production."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.conf import settings
from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(__file__).parent.parent
SECONDS_TO_START = 20


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    def __init__(self, folder):
        self.port = free_port()
        self.folder = folder

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py"]
            + ["-b", f"127.0.0.1:{self.port}", "flexpledge.wsgi"],
            cwd=ROOT,
            env={
                "DEBUG": "true",
                "VAR_DIR": str(settings.VAR_DIR),
                "METRICS_TOKEN": "watchman",
                "WEB_CONCURRENCY": "2",
                "PROMETHEUS_MULTIPROC_DIR": str(self.folder),
            },
        )
        give_up_at = time.monotonic() + SECONDS_TO_START
        while not self.answers():
            assert time.monotonic() < give_up_at, "gunicorn did not start"
            time.sleep(0.1)

    def answers(self):
        try:
            return self.get("/healthz")[0] == 200
        except OSError:
            return False

    def get(self, address):
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=10)) as one:
            one.request("GET", address, headers={"Authorization": "Bearer watchman"})
            answer = one.getresponse()
            return answer.status, answer.read().decode()

    def counted(self, route):
        return sum(
            sample.value
            for family in text_string_to_metric_families(self.get("/metrics")[1])
            for sample in family.samples
            if sample.name == "flexpledge_http_requests_total" and sample.labels["route"] == route
        )

    def processes(self):
        return [int(name.stem.split("_")[1]) for name in self.folder.glob("counter_*.db")]

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "metrics"
    folder.mkdir()
    site = Site(folder)
    site.start()
    yield site
    site.stop()


def test_every_process_is_in_the_sum_also_one_that_was_killed(site):
    before = site.counted("healthz")
    asked = 0
    while len(site.processes()) < 2 and asked < 500:
        site.get("/healthz")
        asked += 1
    assert site.counted("healthz") == before + asked
    os.kill(site.processes()[0], signal.SIGKILL)
    time.sleep(1)
    assert site.counted("healthz") == before + asked
    site.stop()
    assert not site.folder.exists()
