"""The servers that other tests stand on do what those tests believe."""

import os
import signal

import psycopg2
import pytest

from tests.servers import PgBouncer, PostgreSQL, Site, Web, Worker, ask, wait_until
from tests.smtp import SMTPServer

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def primary(place, running):
    return running(PostgreSQL(place / "primary"))


@pytest.fixture(scope="module")
def site(place, primary):
    site = Site(place / "site", DATABASE_URL=primary.url)
    site.prepare()
    return site


def test_a_standby_shows_what_was_written_to_the_primary(place, running, primary):
    standby = running(primary.standby(place / "standby"))
    primary.query("CREATE TABLE note AS SELECT 'hello' AS words")
    wait_until(lambda: standby.query("SELECT to_regclass('note') IS NOT NULL") == [(True,)])

    assert standby.query("SELECT words FROM note") == [("hello",)]
    with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
        standby.query("DELETE FROM note")


def test_a_database_that_was_killed_comes_back_with_its_data_on_the_same_port(primary):
    primary.query("CREATE TABLE kept AS SELECT 1 AS one")
    primary.kill()
    with pytest.raises(psycopg2.OperationalError):
        primary.query("SELECT 1")

    primary.start()
    assert primary.query("SELECT one FROM kept") == [(1,)]


def test_the_processes_of_clients_can_be_told_from_others(primary):
    connection = primary.connect()
    (backend,) = primary.backends()
    os.kill(backend, signal.SIGKILL)

    with pytest.raises(psycopg2.OperationalError):
        connection.cursor().execute("SELECT 1")
    wait_until(primary.is_ready)


def test_the_site_survives_the_death_of_a_process_and_a_reload(place, running, site):
    web = running(Web(place / "web", site))
    assert "Add my name" in ask(web.url).text

    before = web.worker_processes()
    assert len(before) == 2
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: len(set(web.worker_processes()) - set(before)) == 1)
    web.reload()
    wait_until(
        lambda: len(web.worker_processes()) == 2 and not {*before} & {*web.worker_processes()}
    )
    assert "Add my name" in ask(web.url).text


def test_a_paused_process_holds_connections_and_goes_on_when_resumed(place, running, site):
    web = running(Web(place / "paused", site))
    web.pause()
    with pytest.raises(TimeoutError):
        ask(web.url, timeout_s=0.5)

    web.resume()
    assert "Add my name" in ask(web.url).text


def test_the_worker_hands_mail_to_the_mail_server(place, running, primary):
    mail = running(SMTPServer())
    site = Site(
        place / "mailing", DATABASE_URL=primary.url, EMAIL_URL=f"smtp://{mail.host}:{mail.port}"
    )
    running(Worker(place / "worker", site))
    primary.query(
        """INSERT INTO common_outboxmessage (kind, recipient, recipient_hash, payload, created_at,
                                             due_at, attempts, last_error)
           VALUES ('pledge-signed', 'robin@example.org', '', '{}', now(), now(), 0, '')"""
    )
    row = "SELECT last_error FROM common_outboxmessage WHERE sent_at IS NOT NULL"
    assert wait_until(lambda: primary.query(row)) == [("nothing to say",)]


def test_time_limits_hold_through_pgbouncer(place, running, primary):
    pgbouncer = running(PgBouncer(place / "pgbouncer", primary))
    session = psycopg2.connect(pgbouncer.url)
    with session, session.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('lock_timeout'),"
            " current_setting('idle_in_transaction_session_timeout')"
        )
        assert cursor.fetchone() == ("4s", "1min")
    session.close()
