"""The clock of this host, held against that of PostgreSQL before anything is deleted by its time."""

from datetime import timedelta

from django.db import connection

TRUSTED_UP_TO = timedelta(minutes=5)


def is_trusted(now):
    """Whether `now`, by the clock of this host, is about what PostgreSQL says.

    Where both share a host they are wrong together, and nobody notices.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (there,) = cursor.fetchone()
    return abs(now - there) <= TRUSTED_UP_TO
