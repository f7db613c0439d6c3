"""Real servers on the loopback, for tests that run the site as it runs in production.

    with PostgreSQL(place / "primary") as database, SMTPServer() as mail: …

Each can be started, stopped, killed and paused, and comes back on the port it had. What a server
said is in its `log`.
"""

from tests.servers.client import Answer, ask
from tests.servers.fronts import Nginx, PgBouncer, Redis
from tests.servers.postgresql import PostgreSQL
from tests.servers.server import Server, free_port, wait_until
from tests.servers.site import Site, Web, Worker

__all__ = [
    "Answer",
    "Nginx",
    "PgBouncer",
    "PostgreSQL",
    "Redis",
    "Server",
    "Site",
    "Web",
    "Worker",
    "ask",
    "free_port",
    "wait_until",
]
