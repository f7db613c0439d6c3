"""Processes die by kill -9 while people sign: nothing acknowledged is lost, nothing happens twice."""

import os
import random
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass

import pytest

from tests.faults.crowd import MAIL_PATIENCE_S, Crowd
from tests.servers import ask, wait_until

pytestmark = pytest.mark.faults

PEOPLE = 20
BACK_WITHIN_S = {"web": 5, "worker": 5, "database": 10}
SLACK = 2  # the crowd, its mail server and whoever else is there take their share of the cores


@dataclass
class Size:
    lives: int  # of all people together
    kills: int  # of each kind of process


@pytest.fixture
def size(pytestconfig):
    return Size(lives=200, kills=3) if pytestconfig.getoption("small") else Size(2_000, 20)


class Reaper(threading.Thread):
    """Kills each of the three kinds of process equally often, at random moments, until told to
    stop. What nobody else starts again it starts itself, as systemd does."""

    def __init__(self, servers, *, kills, seed, pause_s):
        super().__init__()
        self.victims = ["web", "worker", "database"] * kills
        self.dice = random.Random(seed)
        self.pause_s = pause_s
        self.web, self.worker, self.database = servers.web, servers.worker, servers.database
        self.kills = []  # pairs of when and what

    def run(self):
        self.dice.shuffle(self.victims)
        for victim in self.victims:
            time.sleep(self.dice.uniform(0.2, self.pause_s))
            self.kills.append((time.monotonic(), victim))
            getattr(self, f"kill_{victim}")()
        wait_until(self.database.is_ready)

    def kill_web(self):
        with suppress(ProcessLookupError):
            os.kill(self.dice.choice(self.web.worker_processes()), signal.SIGKILL)

    def kill_worker(self):
        self.worker.kill()
        self.worker.start()

    def kill_database(self):
        """One process that serves a client. PostgreSQL then ends all the others and recovers."""
        wait_until(self.database.is_ready)
        if backends := self.database.backends():
            with suppress(ProcessLookupError):
                os.kill(self.dice.choice(backends), signal.SIGKILL)


def test_nothing_is_lost_or_doubled_while_processes_are_killed(servers, size, seed):
    crowd = Crowd(servers.web.url, servers.mail, people=PEOPLE, lives=size.lives, seed=seed).start()
    reaper = Reaper(servers, kills=size.kills, seed=seed, pause_s=2.0)
    reaper.start()
    reaper.join()
    crowd.join()

    assert crowd.errors == [], servers.worker.log.read_text()[-3000:]
    assert crowd.statuses <= {303, 503}
    assert Counter(victim for _when, victim in reaper.kills) == dict.fromkeys(
        BACK_WITHIN_S, size.kills
    )
    hold_to_what_was_acknowledged(crowd, servers)
    assert_every_mail_came(crowd, servers.mail, surplus=size.kills * 2)  # worker and database send
    back_by = 0  # the kill of another process does not hasten the database
    for when, victim in reaper.kills:
        back_by = max(back_by, when + BACK_WITHIN_S[victim] * SLACK)
        first = next(success for success in crowd.successes() if success > when)
        assert first < back_by, f"{first - when:.1f} s after the kill of {victim}"


def test_no_mail_is_lost_while_the_mail_server_is_away_then_slow(servers, size, seed):
    worker = servers.worker
    dice = random.Random(seed)
    mail = servers.mail
    mail.stop()
    crowd = Crowd(
        servers.web.url, servers.mail, people=PEOPLE, lives=size.lives // 4, seed=seed
    ).start()
    time.sleep(5)
    mail.start()
    for _ in range(size.kills):
        mail.hangs = True
        time.sleep(dice.uniform(0.2, 0.6))
        worker.kill()  # in the middle of a delivery
        mail.hangs = False
        worker.start()
        time.sleep(dice.uniform(0.2, 1.0))
    crowd.join()

    assert crowd.errors == [], servers.worker.log.read_text()[-3000:]
    assert crowd.statuses == {303}
    hold_to_what_was_acknowledged(crowd, servers)
    assert_every_mail_came(crowd, servers.mail, surplus=size.kills)


def test_without_a_kill_every_mail_comes_once(servers, size):
    crowd = Crowd(
        servers.web.url, servers.mail, people=PEOPLE, lives=size.lives // 10, seed=4
    ).start()
    crowd.join()

    assert crowd.errors == [], servers.worker.log.read_text()[-3000:]
    assert crowd.statuses == {303}
    hold_to_what_was_acknowledged(crowd, servers)
    assert_every_mail_came(crowd, servers.mail, surplus=0)


def hold_to_what_was_acknowledged(crowd, servers):
    """Everybody is there once, counted and numbered; the count says so."""
    database, site, web = servers.database, servers.site, servers.web
    wait_until(
        lambda: site_is_settled(database), lambda: "something still waits", seconds=MAIL_PATIENCE_S
    )
    rows = database.query("SELECT email, confirmed_at IS NOT NULL, number FROM pledges_pledge")
    assert Counter(address for address, *_ in rows) == dict.fromkeys(crowd.signed, 1)
    assert {address for address, is_confirmed, _ in rows if is_confirmed} == set(crowd.confirmed)
    assert sorted(number for *_, number in rows) == list(range(1, len(rows) + 1))
    wait_until(
        lambda: ask(f"{web.url}/count.json").text.startswith(f'{{"confirmed": {len(rows)},'),
        lambda: ask(f"{web.url}/count.json").text,
    )
    site.manage("recount", "--check")
    site.manage("audit")


def site_is_settled(database):
    ((waiting, uncounted),) = database.query(
        """SELECT (SELECT count(*) FROM common_outboxmessage
                    WHERE sent_at IS NULL AND failed_at IS NULL),
                  (SELECT count(*) FROM pledges_pledge
                    WHERE standing_country IS DISTINCT FROM counted_country)"""
    )
    return not waiting and not uncounted


def assert_every_mail_came(crowd, mail, *, surplus):
    """Confirmation and welcome for everybody; at most so many messages twice."""
    came = Counter(one.message["Message-ID"] for one in mail.mails)
    for address in crowd.confirmed:
        subjects = " ".join(one.subject for one in mail.to(address))
        assert "Confirm your name" in subjects
        assert "You are" in subjects, subjects
    assert sum(times - 1 for times in came.values()) <= surplus
