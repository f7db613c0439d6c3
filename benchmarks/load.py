"""Load by wrk (Debian: `wrk`)."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

CONNECTIONS = 8  # as many as 2 gunicorn processes have threads
SECONDS = 5
RUNS = 5


def per_second(url, *script, connections=CONNECTIONS, seconds=SECONDS):
    """Answers a second; fails where one was an error, or none came.

    `script` is a Lua file of benchmarks/ that makes the requests, and its arguments.
    """
    wrk = [shutil.which("wrk") or sys.exit("This needs wrk: apt-get install wrk")]
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s"]
    if script:
        options += ["-s", Path(__file__).parent / script[0]]
    command = [*wrk, *options, url, "--", *script[1:]]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode or re.search("Non-2xx|Socket errors", done.stdout):
        sys.exit(f"{url}: {done.stdout}{done.stderr}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1])
