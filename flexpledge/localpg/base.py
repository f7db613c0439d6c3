"""The database backend `flexpledge.localpg`: that of `common.postgresql`, on the private server."""

import time
from contextlib import suppress
from pathlib import Path

from django.db.backends.postgresql import client
from django.db.backends.postgresql.psycopg_any import errors

from common.postgresql import base

from . import binaries, cluster, locks
from .errors import LocalPostgresError
from .server import DATABASE, Server

RECOVERY_TIMEOUT_S = 30
SIGNS_OF_RECOVERY = ("the database system is", "closed the connection unexpectedly")


class DatabaseClient(client.DatabaseClient):
    """`psql` of the server's own version where it has one, and a server to talk to."""

    def runshell(self, parameters):
        self.connection.ensure_connection()  # starts the server and makes the database
        self.connection.close()
        super().runshell(parameters)

    @classmethod
    def settings_to_cmd_args_env(cls, settings_dict, parameters):
        server = Server(Path(settings_dict["VAR_DIR"]))
        settings_dict = {**settings_dict, "HOST": str(server.socket_folder)}
        arguments, environment = super().settings_to_cmd_args_env(settings_dict, parameters)
        psql = binaries.find(server.major).folder / "psql"
        return [str(psql) if psql.exists() else "psql", *arguments[1:]], environment


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient

    @property
    def server(self) -> Server:
        return Server(Path(self.settings_dict["VAR_DIR"]))

    def get_new_connection(self, conn_params):
        if locks.has_lease(self.server.lease):  # then it runs, unless it was stopped or killed
            with suppress(self.Database.OperationalError):
                return self._connect(conn_params)
        try:
            cluster.ensure_running(self.server)
        except LocalPostgresError as error:
            raise self.Database.OperationalError(str(error)) from error
        if conn_params["dbname"] == DATABASE:
            self._create_database(conn_params)
        return self._connect_after_recovery(conn_params)

    def _connect(self, conn_params):
        params = {**conn_params, "host": str(self.server.socket_folder)}
        return super().get_new_connection(params)

    def _connect_after_recovery(self, conn_params):
        """After the crash of one of its processes the server answers, but lets nobody in yet."""
        deadline = time.monotonic() + RECOVERY_TIMEOUT_S
        while True:
            try:
                return self._connect(conn_params)
            except self.Database.OperationalError as error:
                recovering = any(sign in str(error) for sign in SIGNS_OF_RECOVERY)
                if not recovering or time.monotonic() > deadline:
                    raise
            time.sleep(0.1)

    def _create_database(self, conn_params) -> None:
        connection = self._connect_after_recovery({**conn_params, "dbname": "postgres"})
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if not cursor.fetchone():
                    # Another process may be as quick.
                    with suppress(errors.DuplicateDatabase, errors.UniqueViolation):
                        cursor.execute(f'CREATE DATABASE "{DATABASE}"')
        finally:
            connection.close()
