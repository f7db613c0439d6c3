"""The worker as a process of its own, against a real mail server."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings as site_settings
from django.db import connection
from django.utils import timezone

from common import outbox
from pledges import confirmation
from pledges.management.commands import worker
from pledges.models import Pledge, Tally
from tests.pledges.people import a_pledge

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def start_worker(smtp_server):
    """Starts workers on the database and the mail server of this test."""
    database = connection.settings_dict
    user, host = database["USER"], database["HOST"]
    place = f"{host}:{database['PORT']}" if database["PORT"] else ""
    query = "" if place else f"?host={host}"
    processes = []

    def start():
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "flexpledge.settings",
            "DEBUG": "true",
            "DATABASE_URL": f"postgres://{user}@{place}/{database['NAME']}{query}",
            "EMAIL_URL": f"smtp://{smtp_server.host}:{smtp_server.port}",
            "SECRET_KEY": site_settings.SECRET_KEY,
        }
        command = [sys.executable, "manage.py", "worker"]
        processes.append(
            subprocess.Popen(
                command, env=environment, cwd=site_settings.BASE_DIR, stderr=subprocess.DEVNULL
            )
        )
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def test_two_workers_count_and_mail_everything_once_also_when_one_is_killed(
    start_worker, smtp_server
):
    first, second = start_worker(), start_worker()
    people = [a_pledge(f"{number}@example.org") for number in range(20)]
    for pledge in people:
        Pledge.objects.filter(pk=pledge.pk).update(confirmed_at=timezone.now())
        outbox.put("pledge-welcome", pledge.email, now=timezone.now(), pledge_id=pledge.pk)
    wait_for(lambda: smtp_server.mails)
    first.kill()
    wait_for(lambda: len({mail.recipients[0] for mail in smtp_server.mails}) == 20)
    wait_for(lambda: Tally.objects.total() == 20)
    assert len(smtp_server.mails) <= 21  # one surplus mail for the kill
    second.send_signal(signal.SIGTERM)
    assert second.wait(timeout=30) == 0


def test_mail_that_waited_for_the_mail_server_goes_out_when_it_is_back(start_worker, smtp_server):
    smtp_server.stop()
    start_worker()
    confirmation.confirm(a_pledge(), now=timezone.now())
    time.sleep(3)
    smtp_server.start()
    wait_for(lambda: smtp_server.mails)


def test_a_defect_stops_the_worker_instead_of_one_duty_in_silence(monkeypatch):
    monkeypatch.setattr(worker, "deliver_mail", lambda: 1 / 0)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(worker.CommandError):
        worker.Command().handle(once=False)
