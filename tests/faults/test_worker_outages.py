"""No worker for a day, then one on each of two hosts: all is made up for, and nothing twice."""

import re
import subprocess
from collections import Counter
from contextlib import contextmanager

import pytest

from tests.faults.conftest import one_of_each
from tests.servers import Worker, ask, wait_until

pytestmark = pytest.mark.faults

PEOPLE = [f"person-{number}@example.org" for number in range(40)]
_A_DAY_PASSES = """
    UPDATE pledges_pledge
       SET created_at = created_at - interval '1 day', confirmed_at = confirmed_at - interval '1 day';
    UPDATE common_outboxmessage
       SET created_at = created_at - interval '1 day', due_at = due_at - interval '1 day',
           sent_at = sent_at - interval '1 day';
    UPDATE common_heartbeat
       SET at = at - interval '1 day', started_at = started_at - interval '1 day';
"""
_IN_A_DELIVERY = """
    SELECT count(*) FROM pg_stat_activity WHERE usename = 'site' AND state = 'idle in transaction'
"""


class WorkerElsewhere(Worker):
    """Takes this machine for a host of another name."""

    def command(self):
        renamed = f'hostname {self.folder.name} && exec "$@"'
        return ["unshare", "--uts", "sh", "-c", renamed, "sh", *super().command()]


def sign(servers, address):
    form = {"name": "Robin Example", "email": address, "country": "CA"}
    return ask(f"{servers.web.url}/pledge/", form=form).status


def confirm(servers, address):
    (mail,) = wait_until(lambda: servers.mail.to(address))
    link = re.search(r"/pledge/confirm/[\w-]+/", mail.text)[0]
    return ask(servers.web.url + link, form={"": ""}).status


def test_after_a_day_without_a_worker_two_hosts_catch_up_and_do_nothing_twice(place, running_here):
    if subprocess.run(["unshare", "--uts", "true"], capture_output=True).returncode != 0:
        pytest.skip("needs to give a process a host name of its own")
    servers = one_of_each(place / "away", running_here)
    early, late = PEOPLE[:20], PEOPLE[20:]
    for address in early:
        assert sign(servers, address) == 303
    for address in early:
        wait_until(lambda address=address: servers.mail.to(address))
    servers.worker.stop()
    assert {confirm(servers, address) for address in early} == {303}
    assert {sign(servers, address) for address in late} == {303}
    servers.database.query(_A_DAY_PASSES)

    with both_held_up(servers):
        for host in ("host-a", "host-b"):
            running_here(WorkerElsewhere(place / host, servers.site))
        wait_until(lambda: hosts_heard_of(servers) >= {"host-a", "host-b"})
    assert {confirm(servers, address) for address in late} == {303}
    wait_until(lambda: all(len(servers.mail.to(address)) >= 2 for address in PEOPLE))
    wait_until(lambda: count(servers) == len(PEOPLE))

    subjects = Counter((mail.recipients[0], mail.subject) for mail in servers.mail.mails)
    assert len(subjects) == 2 * len(PEOPLE)
    assert set(subjects.values()) == {1}
    numbers = servers.database.query("SELECT number FROM pledges_pledge ORDER BY number")
    assert [number for (number,) in numbers] == list(range(1, len(PEOPLE) + 1))
    servers.site.manage("recount", "--check")
    servers.site.manage("audit")


@contextmanager
def both_held_up(servers):
    """No mail goes out meanwhile; afterwards two workers begin at the same moment."""
    holder = servers.database.connect()
    holder.autocommit = False
    holder.cursor().execute("SELECT 1 FROM common_outboxmessage WHERE sent_at IS NULL FOR UPDATE")
    yield
    servers.mail.hangs = True
    holder.rollback()
    holder.close()
    wait_until(lambda: servers.database.query(_IN_A_DELIVERY) == [(2,)], seconds=8)
    servers.mail.hangs = False


def hosts_heard_of(servers):
    names = servers.database.query("SELECT split_part(name, ':', 1) FROM common_heartbeat")
    return {host for (host,) in names}


def count(servers):
    ((total,),) = servers.database.query("SELECT value FROM pledges_tally WHERE scope = 'total'")
    return total
