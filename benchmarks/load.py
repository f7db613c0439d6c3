"""Load by wrk (Debian: `wrk`), and the servers it is put on besides those of `tests.servers`."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.servers import Server
from tests.servers.server import HOST

CONNECTIONS = 8  # as many as 2 gunicorn processes have threads
SECONDS = 5
RUNS = 5


class Floor(Server):
    """A program of `benchmarks.floors` behind the same gunicorn, settings and all, as the site."""

    def __init__(self, folder, program, **variables):
        super().__init__(folder)
        self.program = program
        self.variables = {"WEB_CONCURRENCY": "2", **variables}

    @property
    def url(self):
        return f"http://{HOST}:{self.port}"

    def command(self):
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py"]
        return [*gunicorn, "-b", f"{HOST}:{self.port}", f"benchmarks.floors.{self.program}"]


def per_second(url, *script, connections=CONNECTIONS, seconds=SECONDS):
    """Answers a second; fails where one was an error, or none came.

    `script` is a Lua file of benchmarks/ that makes the requests, and its arguments.
    """
    wrk = [shutil.which("wrk") or sys.exit("This needs wrk: apt-get install wrk")]
    options = ["-t1", f"-c{connections}", f"-d{seconds}s"]
    if script:
        options += ["-s", Path(__file__).parent / script[0]]
    command = [*wrk, *options, url, "--", *script[1:]]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    if trouble := re.search(r"Non-2xx.*|Socket errors.*", done.stdout):
        raise SystemExit(f"{url}: {trouble[0]}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1])
