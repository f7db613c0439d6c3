"""The site as it runs in production: web processes, worker, and what both are told."""

import fcntl
import re
import signal
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

from tests.servers.client import ask
from tests.servers.server import HOST, PROJECT, Server, descendants, environment


class Site:
    """What web processes and worker of one site have in common: their environment.

    `project` is where its code stands. `variables` are those of `.env.example`, in production
    (`DEBUG=false`).
    """

    def __init__(self, folder, *, project=PROJECT, **variables):
        self.project = project
        self.variables = {
            "DEBUG": "false",
            "SECRET_KEY": "for-tests-only-" + "x" * 50,
            "ALLOWED_HOSTS": f"{HOST},localhost",
            "SITE_URL": f"http://{HOST}",
            "VAR_DIR": str(folder),
            "DEFAULT_FROM_EMAIL": "hello@flexpledge.example",
            **variables,
        }

    def prepare(self):
        """Makes the tables and gathers the static files."""
        gather_static_files()
        self.manage("migrate", "--verbosity", "0")

    def manage(self, *arguments):
        """What a management command prints; fails where it fails."""
        return manage(self.variables, *arguments, project=self.project)


def manage(variables, *arguments, project=PROJECT):
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=project,
        env=environment(variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@cache
def gather_static_files():
    """Once, and again after a change; one run of the tests at a time, for all share the folder."""
    with (PROJECT / ".venv/static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        gathered = PROJECT / "staticfiles/errors/503.html"  # written last
        sources = [PROJECT / ".venv/installed-test"]
        for folder in ("static", "templates", "flexpledge"):
            sources += (PROJECT / folder).rglob("*.*")
        changed_at = max(source.stat().st_mtime for source in sources)
        if not gathered.exists() or gathered.stat().st_mtime < changed_at:
            production = {"SECRET_KEY": "x" * 50, "DATABASE_URL": "postgres://nobody@localhost/x"}
            manage(production, "collectstatic", "--noinput", "--verbosity", "0")


class Web(Server):
    """gunicorn with the shipped settings, on a port and on the socket that nginx knows."""

    def __init__(self, folder, site, *, processes=2):
        super().__init__(folder)
        self.project = site.project
        self.variables = {**site.variables, "WEB_CONCURRENCY": str(processes)}
        self.socket = self.folder / "web.sock"

    def command(self):
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py"]
        binds = ["-b", f"{HOST}:{self.port}", "-b", f"unix:{self.socket}"]
        return [*gunicorn, *binds, "flexpledge.wsgi"]

    @property
    def url(self):
        return f"http://{HOST}:{self.port}"

    def is_ready(self):
        """A worker process answers; that the master listens is not enough."""
        try:
            return ask(f"{self.url}/healthz", timeout_s=5).status == 200
        except OSError:
            return False

    def worker_processes(self):
        return descendants(self.process.pid)

    def reload(self):
        self.process.send_signal(signal.SIGHUP)


class Worker(Server):
    """`manage.py worker`, which listens nowhere."""

    def __init__(self, folder, site):
        super().__init__(folder)
        self.project = site.project
        self.variables = site.variables

    def command(self):
        return [sys.executable, "manage.py", "worker"]

    def is_ready(self):
        """It ends in good order when told to; its duties begin right after that."""
        with suppress(OSError):
            status = Path(f"/proc/{self.process.pid}/status").read_text()
            caught = int(re.search(r"^SigCgt:\s*(\w+)$", status, re.MULTILINE)[1], base=16)
            return bool(caught & 1 << signal.SIGTERM - 1)
        return False
