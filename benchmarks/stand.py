"""What every measurement stands on: a PostgreSQL of its own, the site as in production, floors.

    with a_stand() as stand:
        site = stand.site()
        web = stand.start(Web(stand.folder / "web", site))

All of it is on the loopback, in a folder that is removed in the end.
"""

import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.servers import PostgreSQL, Server, Site, ask
from tests.servers.server import HOST


class Stand:
    def __init__(self, folder, start):
        self.folder = folder
        self.start = start  # starts a server, which is stopped in the end
        self.database = start(PostgreSQL(folder / "database", max_connections=100))

    def site(self, **variables):
        """With its tables and the demonstration content."""
        site = self._site(**variables)
        site.prepare()
        site.manage("seed")
        return site

    def empty_site(self):
        """With its tables, for commands only."""
        site = self._site()
        site.manage("migrate", "--verbosity", "0")
        return site

    def _site(self, **variables):
        return Site(self.folder / "var", **{"DATABASE_URL": self.database.url, **variables})


@contextmanager
def a_stand():
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o711)  # the account that PostgreSQL runs as passes through
        yield Stand(folder, running.enter_context)


class Floor(Server):
    """A program of `benchmarks.floors` behind the same gunicorn, settings and all, as the site."""

    def __init__(self, folder, program, **variables):
        super().__init__(folder)
        self.program = program
        self.variables = {"WEB_CONCURRENCY": "2", **variables}

    @property
    def url(self):
        return f"http://{HOST}:{self.port}"

    def is_ready(self):
        try:
            return ask(self.url, timeout_s=5).status > 0
        except OSError:
            return False

    def command(self):
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py"]
        return [*gunicorn, "-b", f"{HOST}:{self.port}", f"benchmarks.floors.{self.program}"]


class MailServer(Server):
    """Takes in every mail at once and keeps none."""

    def command(self):
        return [sys.executable, "-m", "benchmarks.floors.smtp", self.port]

    @property
    def url(self):
        return f"smtp://{HOST}:{self.port}"


def resident_mb(process):
    """The resident memory of a process, by its number."""
    status = Path(f"/proc/{process}/status").read_text()
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kilobytes) / 1024
