"""Connections to the database that are kept from one request to the next."""

import pytest
from django.db import connections
from django.db.utils import OperationalError

from tests.servers import PostgreSQL


@pytest.fixture(scope="module")
def server(place, running):
    return running(PostgreSQL(place / "postgresql", log_statement="all"))


@pytest.fixture
def connection(server, django_db_blocker):
    settings = {
        "ENGINE": "common.postgresql",
        "HOST": "127.0.0.1",
        "PORT": server.port,
        "USER": "flexpledge",
        "NAME": "flexpledge",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
    connections.settings["kept"] = {
        **connections["default"].settings_dict,
        **settings,
        "OPTIONS": {},
    }
    connection = connections["kept"]
    with django_db_blocker.unblock():
        yield connection
    connection.close()
    del connections["kept"], connections.settings["kept"]


def ask(connection, sql="SELECT pg_backend_pid()"):
    """As one request does: the connection is looked at before it and after."""
    connection.close_if_unusable_or_obsolete()
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0]
    finally:
        connection.close_if_unusable_or_obsolete()


def test_to_look_at_a_connection_asks_the_server_nothing(connection, server):
    for _ in range(3):
        ask(connection)

    statements = [line.split("statement: ")[1] for line in server.said().splitlines()[-3:]]
    assert statements == ["SELECT pg_backend_pid()"] * 3


def test_a_connection_serves_one_request_after_another(connection):
    assert ask(connection) == ask(connection)


def test_a_connection_that_the_server_ended_is_replaced_and_nobody_notices(connection, server):
    first = ask(connection)
    server.query("SELECT pg_terminate_backend(%s, 5000)", [first])

    assert ask(connection) != first


def test_nobody_notices_that_the_server_was_killed_between_two_requests(connection, server):
    ask(connection)
    server.kill()
    server.start()

    assert ask(connection)


def test_a_connection_that_the_server_ends_while_it_works_is_replaced_by_the_next_request(
    connection,
):
    with pytest.raises(OperationalError):
        ask(connection, "SELECT pg_terminate_backend(pg_backend_pid())")

    assert ask(connection)
