import time

from django.core.management.commands import migrate
from django.db import OperationalError, connections
from psycopg2.errors import LockNotAvailable

HURRY = "SET lock_timeout = '1s'"
NO_HURRY = "SET lock_timeout = 0"
PAUSE_S = 5
PATIENCE_S = 120


class Command(migrate.Command):
    """Changes the tables while people sign.

    Whoever waits to change a table makes all wait who come after, so we give up after a second
    and try again later. What is done CONCURRENTLY makes nobody wait, and is left half done if it
    is hurried.
    """

    def handle(self, *arguments, **options):
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            cursor.execute(HURRY)
        give_up_at = time.monotonic() + PATIENCE_S
        with connection.execute_wrapper(take_time_where_nobody_waits):
            while True:
                try:
                    return super().handle(*arguments, **options)
                except OperationalError as error:
                    if not isinstance(error.__cause__, LockNotAvailable):
                        raise
                    if time.monotonic() > give_up_at:
                        raise
                self.stderr.write(f"Somebody uses a table. Trying again in {PAUSE_S} seconds.")
                time.sleep(PAUSE_S)


def take_time_where_nobody_waits(execute, sql, parameters, many, context):
    if "CONCURRENTLY" not in str(sql):
        return execute(sql, parameters, many, context)
    with context["connection"].cursor() as cursor:
        cursor.execute(NO_HURRY)
        try:
            return execute(sql, parameters, many, context)
        finally:
            cursor.execute(HURRY)
