"""The database is away, locked, full or slow: nobody is thanked in vain, and all is well after."""

import time

import pytest

from tests.servers import ask, wait_until

pytestmark = pytest.mark.faults

ROBIN = {"name": "Robin Example", "email": "robin@example.org", "country": "CA"}
BACK_WITHIN_S = 10


@pytest.fixture
def servers(shared_servers):
    yield shared_servers
    shared_servers.database.query("TRUNCATE pledges_pledge, common_outboxmessage CASCADE")


def sign(servers, **changes):
    """The answer to somebody who signs, and how many seconds it took."""
    began = time.monotonic()
    answer = ask(f"{servers.web.url}/pledge/", form=ROBIN | changes)
    return answer, time.monotonic() - began


def status(servers, address):
    return ask(servers.web.url + address).status


def pledges(servers):
    return servers.database.query("SELECT email FROM pledges_pledge")


def assert_sign_up_is_refused_kindly(servers, *, within_s):
    answer, took_s = sign(servers)
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Catching our breath" in answer.text or "press again" in answer.text
    assert "Robin Example" not in servers.web.said()
    assert took_s < within_s


def assert_all_is_well_again(servers):
    """Without a restart, and nothing that was refused is there."""
    wait_until(
        lambda: sign(servers)[0].status == 303 and status(servers, "/readyz") == 200,
        servers.web.said,
        seconds=BACK_WITHIN_S,
    )
    assert pledges(servers) == [("robin@example.org",)]


@pytest.fixture
def read_before(servers):
    """Somebody has read the pages; what is in no cache cannot be served from one."""
    for address in ("/", "/supporters/", "/count/", "/count.json", "/coalition/", "/blog/"):
        assert status(servers, address) == 200


@pytest.fixture
def stopped(servers, read_before):
    servers.database.stop()
    yield
    servers.database.start()
    assert_all_is_well_again(servers)


def test_while_the_database_is_down_sign_up_says_so(servers, stopped):
    assert_sign_up_is_refused_kindly(servers, within_s=5)


def test_while_the_database_is_down_pages_come_from_the_cache_or_say_so(servers, stopped):
    for address in ("/", "/supporters/", "/count/", "/count.json", "/coalition/", "/blog/"):
        assert status(servers, address) == 200, address
    unread = ask(servers.web.url + "/faq/")
    assert unread.status == 503
    assert "Catching our breath" in unread.text


def test_while_the_database_is_down_we_are_alive_and_not_ready(servers, stopped):
    assert status(servers, "/healthz") == 200
    ready = ask(servers.web.url + "/readyz")
    assert (ready.status, ready.text) == (503, '{"ready": false, "failed": ["database"]}')


def test_a_table_that_is_locked_keeps_nobody_waiting_for_long(servers):
    holder = servers.database.connect()
    holder.autocommit = False
    holder.cursor().execute("LOCK TABLE pledges_pledge IN ACCESS EXCLUSIVE MODE")
    assert_sign_up_is_refused_kindly(servers, within_s=8)
    assert status(servers, "/healthz") == 200
    holder.rollback()
    assert_all_is_well_again(servers)


def test_without_a_free_connection_sign_up_says_so(servers, read_before):
    servers.database.query("ALTER ROLE site CONNECTION LIMIT 0")
    servers.database.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'site'"
    )
    assert_sign_up_is_refused_kindly(servers, within_s=5)
    assert status(servers, "/") == 200
    servers.database.query("ALTER ROLE site CONNECTION LIMIT -1")
    assert_all_is_well_again(servers)


def test_a_database_that_is_slow_keeps_nobody_waiting_for_long(servers):
    servers.database.query(
        """CREATE FUNCTION crawl() RETURNS trigger LANGUAGE plpgsql AS
           'BEGIN PERFORM pg_sleep(20); RETURN NEW; END';
           CREATE TRIGGER crawls BEFORE INSERT ON pledges_pledge
           FOR EACH ROW EXECUTE FUNCTION crawl()"""
    )
    assert_sign_up_is_refused_kindly(servers, within_s=6)
    servers.database.query("DROP TRIGGER crawls ON pledges_pledge")
    assert_all_is_well_again(servers)
