"""All of docs/operations.md's larger site: what people notice while parts of it are away."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from redis import Redis as RedisClient

from tests.browser.test_journey import sign
from tests.servers import (
    Nginx,
    PgBouncer,
    PostgreSQL,
    Redis,
    Site,
    Web,
    Worker,
    ask,
    free_port,
    wait_until,
)
from tests.smtp import SMTPServer

pytestmark = pytest.mark.cluster

BACK_WITHIN_S = 10


@pytest.fixture(scope="module")
def cluster(place, running):
    port = free_port()
    mail = running(SMTPServer())
    redis = running(Redis(place / "redis"))
    primary = running(PostgreSQL(place / "primary"))
    standby = running(primary.standby(place / "standby"))
    pgbouncer = running(PgBouncer(place / "pgbouncer", primary))
    site = Site(
        place / "site",
        DATABASE_URL=pgbouncer.url,
        DATABASE_REPLICA_URL=standby.url,
        DATABASE_POOLED="true",
        CACHE_URL=redis.url,
        EMAIL_URL=f"smtp://{mail.host}:{mail.port}",
        SITE_URL=f"http://127.0.0.1:{port}",
        TRUSTED_PROXY_COUNT="1",
        SIGN_LIMIT_PER_IP="",
    )
    site.prepare()
    site.manage("seed")
    webs = [running(Web(place / f"web-{number}", site, processes=1)) for number in (1, 2)]
    worker = running(Worker(place / "worker", site))
    sockets = [f"unix:{web.socket}" for web in webs]
    nginx = running(Nginx(place / "nginx", *sockets, var=place / "site", port=port))
    return SimpleNamespace(**locals())


@pytest.fixture
def whole(cluster):
    """All parts run, before and after the test."""
    yield cluster
    for part in (cluster.redis, cluster.standby, cluster.primary, *cluster.webs):
        part.start()
    wait_until(lambda: get(cluster, "/readyz").status == 200, seconds=BACK_WITHIN_S)


def get(cluster, path, **request):
    return ask(cluster.nginx.url + path, **request)


def post(cluster, path, **form):
    return ask(cluster.nginx.url + path, form=form)


def sign_up(cluster, email):
    return post(cluster, "/pledge/", name="Robin Example", email=email, country="CA")


@pytest.fixture(scope="module")
def public_addresses(cluster):
    listed = re.findall(r"<loc>http://[^/]+(/.*?)</loc>", get(cluster, "/sitemap.xml").text)
    assert len(listed) > 20
    return [*listed, "/count.json", "/count.txt", "/supporters/?country=CA", "/blog/feed/"]


def assert_readers_notice_nothing(cluster, addresses):
    """Not in what nginx keeps, nor in what it asks the site for."""
    searches = [f"/supporters/?q={word}" for word in ("remote", "time", "family", "school")]
    with ThreadPoolExecutor(4) as readers:
        for address, answer in zip(
            [*addresses, *searches],
            readers.map(lambda path: get(cluster, path), [*addresses, *searches]),
            strict=True,
        ):
            assert answer.status == 200, address


def confirm(page, cluster, email):
    (mail,) = wait_until(lambda: cluster.mail.to(email))
    page.goto(mail.link("/pledge/confirm/"))
    page.get_by_role("button", name="Confirm my name").click()
    page.get_by_text("You are supporter").wait_for()


def test_a_stranger_joins_and_brings_a_friend(whole, open_page):
    robin = open_page()
    robin.goto(whole.nginx.url)
    sign(robin, "Robin Example", "robin@example.org")
    confirm(robin, whole, "robin@example.org")
    own_page = robin.url
    link = robin.get_by_role("textbox", name="Your personal link").input_value()
    assert link.startswith(f"{whole.nginx.url}/join/")

    sam = open_page(width=390, javascript=False)
    sam.goto(f"{link}?utm_source=newsletter")
    sign(sam, "Sam Sample", "sam@example.org")
    confirm(sam, whole, "sam@example.org")

    robin.goto(own_page)
    robin.get_by_text("One friend has joined through your link.").wait_for()
    robin.get_by_label("Show my name and country publicly").check()
    robin.get_by_role("button", name="Save changes").click()
    robin.get_by_text("Your changes are live.").wait_for()
    wait_until(lambda: "Robin Example" in get(whole, "/supporters/").text)
    robin.goto(f"{whole.nginx.url}/supporters/")
    robin.get_by_text("Robin Example").wait_for()


def test_public_pages_differ_by_nothing_but_how_they_are_packed(whole, public_addresses):
    for address in public_addresses:
        plain = get(whole, address)
        packed = get(whole, address, headers={"Accept-Encoding": "gzip"})
        assert plain.headers["Content-Encoding"] is None, address
        for answer in (plain, packed):
            assert answer.headers["Vary"] in (None, "Accept-Encoding"), address
            assert answer.headers["Set-Cookie"] is None, address
            assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"], address


def test_what_nginx_says_by_itself_carries_the_headers_of_the_site(whole):
    secure = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    of_site = security_headers(ask(f"{whole.webs[0].url}/nowhere/", headers=secure))
    assert of_site["strict-transport-security"]
    assert security_headers(get(whole, "/static/nowhere.css")) == of_site


def security_headers(answer):
    """Those that are the same on every page; a policy as the set of its directives."""
    others = "cache-control connection content-length content-type date etag server vary"
    said = {name.lower(): value for name, value in answer.headers.items()}
    policy = said.pop("content-security-policy")
    return {
        **{name: value for name, value in said.items() if name not in others.split()},
        "directives": set(policy.split("; ")),
    }


def test_commands_stream_through_pgbouncer(whole):
    lines = whole.site.manage("export_pledges").splitlines()
    assert len(lines) > 200
    assert whole.site.manage("recount", "--check") is not None


def test_both_hosts_share_what_redis_keeps(whole, public_addresses):
    get(whole, "/about/")
    assert RedisClient(port=whole.redis.port).dbsize() > 0


def test_without_redis_nobody_waits(whole, public_addresses):
    whole.redis.kill()
    began = time.monotonic()
    assert_readers_notice_nothing(whole, public_addresses)
    assert sign_up(whole, "no-redis@example.org").status == 303
    assert time.monotonic() - began < 0.5 * len(public_addresses)


def test_while_one_host_is_away_the_other_answers(whole, public_addresses):
    whole.webs[0].kill()
    assert_readers_notice_nothing(whole, public_addresses)
    for number in range(4):
        assert sign_up(whole, f"one-host-{number}@example.org").status == 303


def test_while_the_standby_is_away_readers_notice_nothing(whole, public_addresses):
    whole.standby.stop()
    for _round in range(3):
        assert_readers_notice_nothing(whole, public_addresses)
        time.sleep(1)


def test_while_the_primary_is_away_readers_notice_nothing(whole, public_addresses):
    whole.primary.stop()
    for _round in range(3):
        assert_readers_notice_nothing(whole, public_addresses)
        time.sleep(1.5)  # what is kept has aged
    assert get(whole, "/healthz").status == 200
    assert get(whole, "/readyz").status == 503


def fill_in(page, cluster, name, email):
    page.goto(f"{cluster.nginx.url}/pledge/")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Email", exact=True).fill(email)
    page.get_by_label("Country", exact=True).select_option("FR")


def assert_told_to_come_back(page):
    began = time.monotonic()
    with page.expect_navigation() as navigation:
        page.get_by_role("button", name="Add my name").click()
    assert (navigation.value.status, navigation.value.headers["retry-after"]) == (503, "30")
    assert time.monotonic() - began < 6
    assert page.get_by_role("heading", level=1).inner_text() == "Catching our breath"


def test_while_the_primary_is_away_sign_up_says_so_and_goes_on_after(whole, open_page):
    kim, lee = open_page(), open_page(javascript=False)
    fill_in(kim, whole, "Kim Sample", "kim@example.org")
    fill_in(lee, whole, "Lee Sample", "lee@example.org")
    whole.primary.stop()
    assert_told_to_come_back(kim)
    assert_told_to_come_back(lee)
    lee.go_back()
    assert lee.get_by_label("Your name").input_value() == "Lee Sample"

    whole.primary.start()
    wait_until(
        lambda: sign_up(whole, "back@example.org").status == 303,
        whole.webs[0].said,
        seconds=BACK_WITHIN_S,
    )
    kim.get_by_role("button", name="Send it again").click()
    lee.get_by_role("button", name="Add my name").click()
    for page, email in ((kim, "kim@example.org"), (lee, "lee@example.org")):
        page.get_by_role("heading", name="One more push: check your email").wait_for()
        confirm(page, whole, email)
    signed = """SELECT name, country FROM pledges_pledge
                 WHERE email IN ('kim@example.org', 'lee@example.org')"""
    assert sorted(whole.primary.query(signed)) == [("Kim Sample", "FR"), ("Lee Sample", "FR")]
