from datetime import UTC, datetime, timedelta

import pytest

from common import heartbeat
from common.models import Heartbeat

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def test_a_worker_says_when_it_started_and_when_it_was_last_alive():
    heartbeat.beat(now=NOW)
    heartbeat.beat(now=NOW + timedelta(seconds=10))
    worker = Heartbeat.objects.get()
    assert (worker.started_at, worker.at) == (NOW, NOW + timedelta(seconds=10))


def test_who_has_been_silent_for_a_day_is_forgotten():
    Heartbeat.objects.create(name="other-host:7", started_at=NOW, at=NOW)
    heartbeat.beat(now=NOW + timedelta(hours=23))
    assert Heartbeat.objects.count() == 2
    heartbeat.beat(now=NOW + timedelta(hours=25))
    assert [worker.name for worker in Heartbeat.objects.all()] != ["other-host:7"]
    assert Heartbeat.objects.count() == 1


def test_a_clock_that_ran_ahead_does_not_hide_that_a_worker_is_dead():
    Heartbeat.objects.create(name="other-host:7", started_at=NOW, at=NOW + timedelta(days=400))
    heartbeat.beat(now=NOW)
    assert [worker.at for worker in Heartbeat.objects.all()] == [NOW]
