"""How gunicorn serves the site: `gunicorn -c deploy/gunicorn.conf.py flexpledge.wsgi`.

The address to listen on is given where it is started (`-b`). SIGHUP reloads the code, SIGTERM
finishes what is being answered and ends.
"""

import os
import shutil
import tempfile
from pathlib import Path

import environ
from gunicorn import glogging

from common import logs

env = environ.Env()
env.read_env(Path(__file__).resolve().parent.parent / ".env")


class Logger(glogging.Logger):
    """Gunicorn's own messages name addresses too, so they are written as the site's are."""

    def setup(self, cfg):
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.formatter(for_people=env.bool("DEBUG", False)))


# One process per core keeps the cores busy; threads answer while others wait for the database.
workers = env.int("WEB_CONCURRENCY", min(max(os.cpu_count() or 1, 2), 8))
worker_class = "gthread"
threads = 4
timeout = 30  # seconds without a sign of life before a process is replaced
graceful_timeout = 30  # seconds for answers under way when stopping
keepalive = 5  # seconds
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108  memory, no disk
logger_class = Logger
accesslog = None  # the proxy in front keeps one, without tokens
control_socket_disable = True

# Whoever waits for a page is told after so many seconds; worker and commands take their time.
os.environ.setdefault("DATABASE_STATEMENT_TIMEOUT_S", "4")

# The processes count their requests in files of one folder; /metrics adds them up.
if env.str("METRICS_TOKEN", "") and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(
        prefix="flexpledge-metrics-", dir=worker_tmp_dir
    )


def child_exit(server, worker):
    """A process that ended no longer counts as running; what it counted stays."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)


def on_exit(server):
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shutil.rmtree(folder, ignore_errors=True)
