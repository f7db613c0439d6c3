from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from flexpledge.localpg import binaries, locks
from flexpledge.localpg.errors import LocalPostgresError
from flexpledge.localpg.server import Server


class Command(BaseCommand):
    help = "Show or stop the private PostgreSQL of this checkout, or open psql on it."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("action", choices=["status", "stop", "psql"])
        parser.add_argument("parameters", nargs="*", help="for psql, after --")

    def handle(self, *, action, parameters, **options):
        var_dir = connection.settings_dict.get("VAR_DIR")
        if not var_dir:
            raise CommandError("The database is the one of DATABASE_URL; there is no private one.")
        server = Server(Path(var_dir))
        try:
            server.check_owner()
            if action == "status":
                self.show_status(server)
            elif action == "stop":
                self.stop(server)
            else:
                call_command("dbshell", "--", *parameters)
        except LocalPostgresError as error:
            raise CommandError(str(error)) from error

    def show_status(self, server):
        found = binaries.find(server.major)
        state = f"running, pid {server.pid}" if server.is_ready() else "not running"
        self.stdout.write(
            f"PostgreSQL {found.version} of {found.origin} ({found.folder})\n"
            f"state:  {state}\n"
            f"data:   {server.data}{'' if server.major else ' (not made yet)'}\n"
            f"socket: {server.socket_folder}\n"
            f"log:    {server.log}"
        )

    def stop(self, server):
        if not server.is_alive():
            self.stdout.write("PostgreSQL was not running.")
            return
        with locks.held(server.change_lock):
            server.stop()
        self.stdout.write("PostgreSQL is stopped; the next connection starts it again.")
