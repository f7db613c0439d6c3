"""The worker does the duties of apps it does not know."""

import pytest
from django.core.management import call_command

from common import duties


@pytest.mark.django_db
def test_the_worker_does_every_registered_duty(monkeypatch):
    monkeypatch.setattr(duties, "_registered", [])
    done = []
    duties.register(lambda: done.append("one"), lambda: done.append("another"))
    call_command("worker", "--once")
    assert done == ["one", "another"]
