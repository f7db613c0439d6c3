"""Every kind of answer scores an A+ by the public rules of Mozilla's HTTP Observatory.

Rules and points: https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring
"""

import re
from urllib.parse import urlsplit

import pytest

from tests.faults.conftest import one_of_each
from tests.servers import ask

pytestmark = pytest.mark.faults

HSTS_LONG_S = 180 * 24 * 60 * 60
FROM_PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}


@pytest.fixture(scope="module")
def web(place, running):
    servers = one_of_each(
        place / "headers", running, SITE_URL="https://127.0.0.1", TRUSTED_PROXY_COUNT="1"
    )
    return servers.web


def points(headers, text=""):
    """What Observatory adds to or takes from 100, by name of the test."""
    policy = directives(headers.get("Content-Security-Policy", ""))
    return {
        "csp": csp_points(policy),
        "cookies": min(
            (cookie_points(one) for one in headers.get_all("Set-Cookie", [])), default=0
        ),
        "cors": -50 if headers.get("Access-Control-Allow-Credentials") else 0,
        "referrer": 5
        if headers.get("Referrer-Policy") in ("no-referrer", "same-origin", "strict-origin")
        else 0,
        "hsts": hsts_points(headers.get("Strict-Transport-Security", "")),
        "scripts": -50 if re.search(r"<script[^>]+src=.?http:", text) else 0,
        "nosniff": 0 if headers.get("X-Content-Type-Options") == "nosniff" else -5,
        "framing": 5
        if "frame-ancestors" in policy
        else (0 if headers.get("X-Frame-Options") in ("DENY", "SAMEORIGIN") else -20),
    }


def score(headers, text=""):
    """As Observatory's: extra points count only from 90 on."""
    given = points(headers, text).values()
    base = 100 + sum(one for one in given if one < 0)
    return base + sum(one for one in given if one > 0) if base >= 90 else base


def directives(policy):
    parts = (part.split() for part in policy.split(";") if part.strip())
    return {name: values for name, *values in parts}


def csp_points(policy):
    if not policy:
        return -25
    for name in ("script-src", "style-src", "default-src"):
        if {"'unsafe-inline'", "'unsafe-eval'", "data:", "*", "https:", "http:"} & set(
            policy.get(name, policy.get("default-src", ["*"]))
        ):
            return -20
    return 10 if policy["default-src"] == ["'none'"] else 5


def cookie_points(cookie):
    flags = {part.strip().lower() for part in cookie.split(";")}
    is_safe = {"secure", "httponly"} <= flags and cookie.startswith("__Host-")
    return 5 if is_safe and any(flag.startswith("samesite=") for flag in flags) else -40


def hsts_points(header):
    found = re.search(r"max-age=(\d+)", header)
    if not found or int(found[1]) < HSTS_LONG_S:
        return -20
    return 5 if "preload" in header else 0


PAGES = {
    "/": 200, "/pledge/": 200, "/pledge/check-email/": 200, "/pledge/link/": 200, "/supporters/": 200,
    "/count/": 200, "/count.json": 200, "/count.txt": 200, "/badge.svg": 200, "/embed/": 200,
    "/embed/code/": 200, "/coalition/": 200, "/coalition/apply/": 200, "/blog/": 200,
    "/blog/feed/": 200, "/about/": 200, "/sitemap.xml": 200, "/robots.txt": 200, "/healthz": 200,
    "/readyz": 200, "/.well-known/security.txt": 200, "/oembed": 400, "/pledge/mine/no-such/": 404,
    "/nowhere/": 404, "/about/?q=%00": 400, "/media/nothing.png": 404, "/metrics": 404,
    "/pledge/resend/": 405,
}  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_every_page_scores_an_a_plus_and_sets_no_cookie(web, address):
    answer = ask(web.url + address, headers=FROM_PROXY)
    assert answer.status == PAGES[address]
    assert score(answer.headers, answer.text) >= 100, points(answer.headers, answer.text)
    assert answer.headers.get_all("Set-Cookie") is None


def test_the_admin_scores_an_a_plus_and_its_cookies_are_the_hosts(web):
    answer = ask(web.url + "/admin/", headers=FROM_PROXY)
    while answer.status in (301, 302):
        answer = ask(web.url + answer.headers["Location"], headers=FROM_PROXY)
    assert answer.status == 200
    assert answer.headers.get_all("Set-Cookie")
    assert score(answer.headers, answer.text) >= 100, points(answer.headers, answer.text)


@pytest.mark.parametrize(
    ("address", "form", "headers", "status"),
    [
        ("/pledge/", {"name": ""}, {}, 422),
        ("/pledge/", {"name": ""}, {"Origin": "https://evil.example"}, 403),
        ("/", None, {"Host": "evil.example"}, 400),
    ],
)
def test_every_refusal_scores_an_a_plus(web, address, form, headers, status):
    answer = ask(web.url + address, form=form, headers=FROM_PROXY | headers)
    assert answer.status == status
    assert score(answer.headers, answer.text) >= 100, points(answer.headers, answer.text)


def test_a_static_file_scores_an_a_plus(web):
    page = ask(web.url + "/", headers=FROM_PROXY).text
    address = re.search(r'href="(/static/css/base[^"]+)"', page)[1]
    answer = ask(web.url + address, headers=FROM_PROXY)
    assert score(answer.headers) >= 100, points(answer.headers)


def test_plain_http_is_sent_to_https_on_our_own_host(web):
    answer = ask(
        web.url + "/count/", headers={"X-Forwarded-Proto": "http", "X-Forwarded-For": "::1"}
    )
    assert answer.status == 301
    assert answer.headers["Location"] == f"https://127.0.0.1:{web.port}/count/"


@pytest.mark.parametrize(
    "name", ["X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "Forwarded"]
)
def test_nothing_of_a_header_that_no_cache_knows_stands_in_a_page(web, name):
    answer = ask(web.url + "/faq/", headers=FROM_PROXY | {name: "evil.example"})
    assert answer.status == 200
    assert "evil.example" not in answer.text + str(answer.headers)


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "DEBUG"])
def test_odd_methods_are_refused(web, method):
    assert ask(web.url + "/", method, headers=FROM_PROXY).status in (400, 405, 501)


@pytest.mark.parametrize("aim", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_signing_in_leads_to_no_other_site(web, aim):
    answer = ask(f"{web.url}/admin/login/?next={aim}", headers=FROM_PROXY)
    while answer.status in (301, 302):
        assert urlsplit(answer.headers["Location"]).netloc == ""
        answer = ask(web.url + answer.headers["Location"], headers=FROM_PROXY)
    assert "evil.example" not in answer.text
