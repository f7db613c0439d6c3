"""Statements that PostgreSQL parses and plans once a connection, instead of each time.

For the few that everybody runs in a storm: reading one of these takes PostgreSQL longer than doing
what it says.
"""

import hashlib
import re

from django.conf import settings

_PARAMETER = re.compile(r"%\((\w+)\)s")


class Prepared:
    """A statement with `%(name)s` in it, whose parameters are text unless `types` says otherwise.

    Behind PgBouncer in transaction mode (DATABASE_POOLED) no connection is ours for longer than a
    transaction, so there it is sent whole.
    """

    def __init__(self, sql, **types):
        self.sql = sql
        names = list(dict.fromkeys(_PARAMETER.findall(sql)))
        name = f"flexpledge_{hashlib.sha256(sql.encode()).hexdigest()[:16]}"
        declared = ", ".join(types.get(one, "text") for one in names)
        numbered = _PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", sql)
        self._prepare = f"PREPARE {name} ({declared}) AS {numbered.replace('%%', '%')}"
        self._execute = f"EXECUTE {name} ({', '.join(f'%({one})s' for one in names)})"

    def execute(self, cursor, parameters):
        """As `cursor.execute(sql, parameters)`, for a cursor of Django's."""
        if settings.DATABASE_POOLED:
            cursor.execute(self.sql, parameters)
            return
        prepared = cursor.db.prepared
        if self not in prepared:
            with cursor.db.wrap_database_errors, cursor.connection.cursor() as plain:
                plain.execute(self._prepare)
            prepared.add(self)
        cursor.execute(self._execute, parameters)
