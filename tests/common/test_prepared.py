import pytest
from django.db import connection, transaction
from django.db.utils import DataError

from common.postgresql.prepared import Prepared

pytestmark = pytest.mark.django_db
ADD = Prepared("SELECT %(a)s + %(b)s, %(word)s || '%%', %(a)s", a="int", b="int")


def asked(statement, **parameters):
    with connection.cursor() as cursor:
        statement.execute(cursor, parameters)
        return cursor.fetchone()


def times_prepared(sql):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", [sql])
        return cursor.fetchone()[0]


def test_a_connection_prepares_a_statement_once():
    assert asked(ADD, a=2, b=3, word="it's") == (5, "it's%", 2)
    assert asked(ADD, a=4, b=5, word="") == (9, "%", 4)
    assert times_prepared("%$1 + $2%") == 1


def test_behind_pgbouncer_nothing_is_prepared(settings):
    settings.DATABASE_POOLED = True
    once = Prepared("SELECT %(a)s * 7", a="int")
    assert asked(once, a=6) == (42,)
    assert times_prepared("%* 7%") == 0


def test_what_was_prepared_in_a_transaction_that_failed_is_still_there():
    divide = Prepared("SELECT 1 / %(a)s", a="int")
    with pytest.raises(DataError), transaction.atomic():
        asked(divide, a=0)
    assert asked(divide, a=1) == (1,)


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_prepares_anew():
    asked(ADD, a=1, b=1, word="")
    connection.close()
    assert asked(ADD, a=1, b=2, word="") == (3, "%", 1)
