"""Load by wrk (Debian: `wrk`)."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

CONNECTIONS = 8  # as many as 2 gunicorn processes have threads
SECONDS = 5
RUNS = 5


def wrk(url, *script, connections=CONNECTIONS, seconds=SECONDS):
    """wrk at work, whose output can be read as text.

    `script` is a Lua file of benchmarks/ that makes the requests, and its arguments.
    """
    command = [shutil.which("wrk") or sys.exit("This needs wrk: apt-get install wrk")]
    command += ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s"]
    if script:
        command += ["-s", Path(__file__).parent / script[0]]
    return subprocess.Popen(
        [*command, url, "--", *script[1:]],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def per_second(url, *script, **options):
    """Answers a second; fails where one was an error, or none came. Arguments are those of `wrk`."""
    working = wrk(url, *script, **options)
    said = working.communicate()[0]
    if working.returncode or re.search("Non-2xx|Socket errors", said):
        sys.exit(f"{url}: {said}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
