"""PostgreSQL, as a primary or as a standby that streams from one."""

import os
import signal
import subprocess

import psycopg2

from flexpledge.localpg import accounts, binaries, cluster
from tests.servers.server import HOST, Server

USER = "flexpledge"
DATABASE = "flexpledge"


def account():
    """As whom programs run that refuse to be root."""
    return next(accounts.for_root()) if os.geteuid() == 0 else accounts.PRESENT_USER


class PostgreSQL(Server):
    """A cluster of its own with an empty database, without the time limits of any role.

    `settings` go into postgresql.conf: `PostgreSQL(folder, max_connections=20)`.
    """

    stop_signal = signal.SIGINT  # a fast shutdown
    variables = {"LC_ALL": "C"}

    def __init__(self, folder, **settings):
        super().__init__(folder)
        self.settings = settings
        self.data = self.folder / "data"
        self.account = account()
        self.programs = binaries.find()
        self.account.give(self.folder)
        if self._run("postgres", "--version").returncode != 0:
            self.programs = self.programs.copy_to(self.folder)
            self.account.give(self.folder)

    def command(self):
        settings = {
            "listen_addresses": HOST,
            "port": self.port,
            "unix_socket_directories": "",
            "timezone": "UTC",
            **self.settings,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        postgres = self.programs.folder / "postgres"
        return [*self.account.prefix, postgres, "-D", self.data, *options]

    def is_ready(self):
        try:
            self.query("SELECT 1", database="postgres")
        except psycopg2.OperationalError:
            return False
        return True

    def start(self):
        is_new = not self.data.exists()
        if is_new:
            encoding = cluster.encoding(self.programs)
            self._do("initdb", "-D", self.data, "-U", USER, "-A", "trust", "-N", *encoding)
        super().start()
        if is_new:
            self.query(f"CREATE DATABASE {DATABASE}", database="postgres")
        return self

    def standby(self, folder):
        """A copy of this running server that streams from it, and can be read. Not started."""
        standby = PostgreSQL(folder, **self.settings)
        source = f"host={HOST} port={self.port} user={USER}"
        standby._do("pg_basebackup", "-D", standby.data, "-d", source, "-R", "-c", "fast")
        return standby

    @property
    def url(self):
        return f"postgres://{USER}@{HOST}:{self.port}/{DATABASE}"

    def connect(self, database=DATABASE):
        """A new connection, each statement of which commits by itself."""
        connection = psycopg2.connect(
            host=HOST, port=self.port, user=USER, dbname=database, connect_timeout=3
        )
        connection.autocommit = True
        return connection

    def query(self, sql, parameters=None, database=DATABASE):
        """The rows that a statement returns."""
        connection = self.connect(database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def backends(self):
        """The numbers, on this machine, of the processes that serve clients."""
        pids = {pid for (pid,) in self.query(_CLIENTS, database="postgres")}
        return [process for process in self.processes() if process in pids]

    def _do(self, program, *arguments):
        done = self._run(program, *arguments)
        assert done.returncode == 0, done.stdout
        self.data.chmod(0o700)

    def _run(self, program, *arguments) -> subprocess.CompletedProcess:
        return self.account.run(self.programs.folder / program, *arguments)


_CLIENTS = """
    SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'
       AND pid <> pg_backend_pid()
"""
