"""A primary and a standby: what may lag is read from the standby, and each stands in for the other."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import psycopg2
import pytest

from tests.servers import PostgreSQL, Site, Web, Worker, ask, wait_until
from tests.smtp import SMTPServer

pytestmark = pytest.mark.cluster

ROBIN = {"name": "Robin Example", "email": "robin@example.org", "country": "CA"}
BACK_WITHIN_S = 10


@pytest.fixture(scope="module")
def primary(place, running):
    return running(PostgreSQL(place / "primary"))


@pytest.fixture(scope="module")
def mail(running):
    return running(SMTPServer())


@pytest.fixture(scope="module")
def site(place, primary, standby, mail):
    site = Site(
        place / "site",
        DATABASE_URL=primary.url,
        DATABASE_REPLICA_URL=standby.url,
        EMAIL_URL=f"smtp://{mail.host}:{mail.port}",
        COUNT_MAX_LAG_S="0",  # pages are built each time
        SIGN_LIMIT_PER_IP="",
    )
    site.prepare()
    site.manage("seed")
    return site


@pytest.fixture(scope="module")
def standby(place, running, primary):
    return running(primary.standby(place / "standby"))


@pytest.fixture(scope="module")
def running_web(place, running, site):
    running(Worker(place / "worker", site))
    return running(Web(place / "web", site, processes=1))


@pytest.fixture
def web(running_web, primary, standby):
    """Serving from a standby that keeps up."""
    with busy(primary):
        wait_until(lambda: keeps_up(standby))
        ask(running_web.url)
        time.sleep(2)  # so long it takes to be noticed
        yield running_web
    for server in (standby, primary):
        server.resume()
        server.start()
    resume_replay(standby)


@contextmanager
def busy(primary):
    """Somebody signs all the time, as far as the standby can tell."""
    over = threading.Event()

    def write():
        while not over.wait(0.2):
            with suppress(psycopg2.OperationalError):
                primary.query(
                    "CREATE TABLE IF NOT EXISTS written (); INSERT INTO written DEFAULT VALUES"
                )

    writer = threading.Thread(target=write)
    writer.start()
    yield
    over.set()
    writer.join()


def keeps_up(standby):
    lag = "SELECT now() - pg_last_xact_replay_timestamp() < interval '1 second'"
    return standby.query(lag) == [(True,)]


def pause_replay(standby):
    standby.query("SELECT pg_wal_replay_pause()")
    paused = "SELECT pg_get_wal_replay_pause_state()"
    wait_until(lambda: standby.query(paused) == [("paused",)])


def resume_replay(standby):
    standby.query("SELECT pg_wal_replay_resume()")


def count(web):
    return int(ask(f"{web.url}/count.txt").text)


def count_one_more(primary):
    primary.query("UPDATE pledges_tally SET value = value + 1 WHERE scope = 'total'")


def sign(web, **changes):
    return ask(f"{web.url}/pledge/", form=ROBIN | changes)


def public_addresses(web):
    """What the sitemap lists, and some of what it does not."""
    listed = re.findall(r"<loc>http://[^/]+(/.*?)</loc>", ask(f"{web.url}/sitemap.xml").text)
    assert len(listed) > 20
    return {*listed, "/count.json", "/count.txt", "/supporters/?country=CA", "/blog/feed/"}


def test_pages_for_everybody_are_read_from_the_standby_while_it_keeps_up(web, primary, standby):
    before = count(web)
    pause_replay(standby)
    count_one_more(primary)
    assert count(web) == before

    wait_until(lambda: count(web) == before + 1, seconds=6)
    resume_replay(standby)


def test_a_person_sees_what_they_just_did_however_far_the_standby_is_behind(
    web, primary, standby, mail
):
    pause_replay(standby)
    assert sign(web, email="own@example.org").status == 303
    wait_until(lambda: mail.to("own@example.org"))
    link = urlsplit(mail.to("own@example.org")[0].link("/pledge/confirm/")).path
    confirmed = ask(f"{web.url}{link}", form={})
    own_page = f"{web.url}{confirmed.headers['Location']}"
    assert "You are supporter" in ask(own_page).text

    changed = ask(own_page, form=ROBIN | {"name": "Robin Changed"})
    assert changed.status == 303
    assert "Robin Changed" in ask(own_page).text
    resume_replay(standby)


@pytest.mark.parametrize("fault", ["stop", "kill", "pause"])
def test_readers_notice_nothing_while_the_standby_is_away(web, standby, fault):
    addresses = sorted(public_addresses(web))
    getattr(standby, fault)()
    with ThreadPoolExecutor(2) as readers:
        for _round in range(2):
            began = time.monotonic()
            answers = readers.map(lambda address: ask(web.url + address, timeout_s=10), addresses)
            assert {answer.status for answer in answers} == {200}
    assert (time.monotonic() - began) / len(addresses) < 0.5  # nobody waited for it


def test_without_the_primary_every_page_is_read_from_the_standby(
    place, running, web, site, primary
):
    addresses = public_addresses(web)
    primary.stop()
    nothing_kept = Site(place / "other", **site.variables | {"VAR_DIR": str(place / "other")})
    just_started = running(Web(place / "just started", nothing_kept))
    for address in addresses:
        assert ask(just_started.url + address).status == 200, address
    time.sleep(4)  # the standby is old by now
    began = time.monotonic()
    for address in addresses:
        assert ask(just_started.url + address).status == 200, address
    assert (time.monotonic() - began) / len(addresses) < 0.5


def test_without_the_primary_sign_up_says_so_and_goes_on_after(web, primary):
    primary.kill()
    began = time.monotonic()
    answer = sign(web)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    assert time.monotonic() - began < 5

    primary.start()
    wait_until(lambda: sign(web).status == 303, web.said, seconds=BACK_WITHIN_S)
    assert primary.query("SELECT name FROM pledges_pledge WHERE email = 'robin@example.org'")
