"""Reads that may lag behind come from the standby at DATABASE_REPLICA_URL, everything else from the
primary.

What may lag are the pages that are the same for everybody (`cached_page`). A person's own pages,
forms, the admin and the worker never ask here. Each of the two databases stands in for the other
without anybody waiting: every process looks at both all the time, reads from the standby only while
that keeps up, and while the primary is away reads from the standby however old it is.
"""

import logging
import os
import threading
import time
from contextlib import suppress
from contextvars import ContextVar
from functools import wraps
from socket import SHUT_RDWR, socket
from weakref import WeakSet

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.signals import connection_created
from psycopg2 import InterfaceError
from psycopg2.errorcodes import LOCK_NOT_AVAILABLE, QUERY_CANCELED

from common.outage import OUTAGE

PRIMARY, REPLICA = DEFAULT_DB_ALIAS, "replica"
LOOK_EVERY_S = 1
TRUSTED_S = 3  # how long a good look counts
_IS_BEHIND = """
    SELECT pg_is_in_recovery()
           AND coalesce(now() - pg_last_xact_replay_timestamp() > interval '2 seconds', true)
"""
_read_from = ContextVar("read_from", default=PRIMARY)
logger = logging.getLogger(__name__)


class Router:
    def db_for_read(self, model, **hints):
        return _read_from.get()

    def db_for_write(self, model, **hints):
        return PRIMARY

    def allow_relation(self, one, other, **hints):
        return True

    def allow_migrate(self, database, app_label, **hints):
        return database == PRIMARY


def may_lag(view):
    """Lets a view read from the standby. It must only read, and read all before it answers."""

    @wraps(view)
    def reading(request, *args, **kwargs):
        if REPLICA not in connections.settings or request.method not in ("GET", "HEAD"):
            return view(request, *args, **kwargs)
        first, second = _better_first()
        try:
            return first.serve(view, request, *args, **kwargs)
        except OUTAGE as error:
            if _took_too_long(error):
                raise  # as it would there
        return second.serve(view, request, *args, **kwargs)

    return reading


class Watch(threading.Thread):
    """Looks at one database as long as the process lives."""

    def __init__(self, database):
        super().__init__(daemon=True)
        self.database = database
        self.trusted_until = 0.0  # on the monotonic clock
        self.is_behind = database == REPLICA
        self.sessions = WeakSet()
        self.noting = threading.Lock()
        connection_created.connect(self._remember)

    def run(self):
        while True:
            try:
                self._look()
            except OUTAGE:
                connections[self.database].close()
            if self is _primary and not _replica.is_trusted:
                _replica.hang_up()
            time.sleep(LOOK_EVERY_S)

    @property
    def is_trusted(self):
        return time.monotonic() < self.trusted_until

    def _look(self):
        with connections[self.database].cursor() as cursor:
            cursor.execute(_IS_BEHIND)
            (self.is_behind,) = cursor.fetchone()
        self.trusted_until = time.monotonic() + TRUSTED_S

    def _remember(self, connection, **_):
        if connection.alias == self.database:
            with self.noting:
                self.sessions.add(connection.connection)

    def hang_up(self):
        """Frees the threads that wait for a database whose host stands still: nothing else does."""
        with self.noting:
            sessions = list(self.sessions)
        for session in sessions:
            with suppress(OSError, InterfaceError), socket(fileno=os.dup(session.fileno())) as line:
                line.shutdown(SHUT_RDWR)

    def serve(self, view, *args, **kwargs):
        token = _read_from.set(self.database)
        try:
            return view(*args, **kwargs)
        except OUTAGE as error:
            if not _took_too_long(error):
                logger.warning("Database %s: %s", self.database, type(error).__name__)
                connections[self.database].close()
                self.trusted_until = 0.0
            raise
        finally:
            _read_from.reset(token)


def _took_too_long(error):
    return getattr(error.__cause__, "pgcode", None) in (QUERY_CANCELED, LOCK_NOT_AVAILABLE)


_replica, _primary = Watch(REPLICA), Watch(PRIMARY)
_starting = threading.Lock()


def _better_first():
    with _starting:  # here and not earlier: threads do not survive the fork of a web process
        for watch in (_replica, _primary):
            if watch.ident is None:
                watch.start()
    return sorted((_replica, _primary), key=lambda one: (not one.is_trusted, one.is_behind))
