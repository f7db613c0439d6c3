"""The database as somebody holds it who has stolen a copy."""

import subprocess

from django.db import connection

from flexpledge.localpg import binaries


def dump():
    """All rows of all tables, as pg_dump writes them."""
    told = connection.get_connection_params()
    address = {"host": told.get("host"), "port": told.get("port"), "username": told.get("user")}
    options = [f"--{name}={value}" for name, value in address.items() if value]
    return subprocess.run(
        [binaries.find().folder / "pg_dump", *options, "--data-only", told["dbname"]],
        env={"PGPASSWORD": told.get("password", "")}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
