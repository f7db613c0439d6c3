"""The private PostgreSQL of a machine without DATABASE_URL.

The first connection of the Django backend in `base` starts a real server in `var/postgres`; every
process that connects keeps a lease on it, and a supervisor stops it when the last lease is gone.
Why, and what was rejected: docs/decisions/0001-private-postgresql.md.
"""

from pathlib import Path

from .server import DATABASE, USER, Server


def database(var_dir: Path) -> dict[str, object]:
    """The `DATABASES` entry of a server kept under `var_dir`; starts nothing."""
    return {
        "ENGINE": "flexpledge.localpg",
        "NAME": DATABASE,
        "USER": USER,
        "HOST": str(Server(var_dir).socket_folder),
        "VAR_DIR": str(var_dir),
    }
