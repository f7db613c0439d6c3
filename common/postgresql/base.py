"""Django's database backend for PostgreSQL, with a cheaper way to see that a connection is dead.

It also remembers which statements a connection has prepared (`common.postgresql.prepared`).
"""

import select

from django.db.backends.postgresql import base
from psycopg2.extensions import TRANSACTION_STATUS_INERROR


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params):
        self.prepared = set()
        return super().get_new_connection(conn_params)

    def is_usable(self):
        """Asks the server only where it said something unasked, or something went wrong.

        A server that ends, and a proxy that gives a connection up, says so or closes: either can be
        read. Django's own check sends a query before the first one of each request, which costs a
        seventh of a sign-up.
        """
        if self.connection is None or self.connection.closed or self.errors_occurred:
            return super().is_usable()
        if self.connection.get_transaction_status() == TRANSACTION_STATUS_INERROR:
            return super().is_usable()
        return not self._has_news() or super().is_usable()

    def _has_news(self):
        news = select.poll()
        news.register(self.connection.fileno(), select.POLLIN)
        return bool(news.poll(0))
