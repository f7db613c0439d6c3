from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from common import outbox


def database_is_away(execute, sql, params, many, context):
    raise OperationalError("server closed the connection")


def test_being_alive_touches_nothing(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.django_db
def test_ready_with_database_and_migrations_and_mail_on_its_way(client):
    outbox.put("pledge-confirm", "robin@example.org", now=timezone.now() - timedelta(minutes=9))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "failed": []})
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_without_database(client):
    with connection.execute_wrapper(database_is_away):
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["failed"]) == (503, ["database"])


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing(client):
    (newest,) = MigrationLoader(connection).graph.leaf_nodes("flexpledge")
    MigrationRecorder(connection).record_unapplied(*newest)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["failed"]) == (503, ["migrations"])


@pytest.mark.django_db
def test_not_ready_while_nobody_hands_mail_over(client):
    outbox.put("pledge-confirm", "robin@example.org", now=timezone.now() - timedelta(minutes=11))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["failed"]) == (503, ["mail"])


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_health_can_only_be_read(client, address):
    assert client.post(address).status_code == 405
