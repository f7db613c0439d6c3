"""What scripts on other sites may read, and that they may read nothing else."""

import pytest
from django.urls import get_resolver

pytestmark = pytest.mark.django_db

OPEN = [
    "/count.json",
    "/count.txt",
    "/count/history.csv",
    "/count/milestones/feed/",
    "/badge.svg",
    "/oembed?url=http://127.0.0.1:8000/",
    "/coalition/members.csv",
    "/coalition/members.json",
]
ELSEWHERE = {"Origin": "https://elsewhere.example", "Cookie": "a=b"}
PREFLIGHT = {
    **ELSEWHERE,
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "X-Requested-With",
}


def addresses(patterns, prefix="/"):
    """Every address of the site that has no parameter, other than the admin's."""
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if pattern.pattern.regex.groups or address.startswith("/admin/"):
            continue
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern.url_patterns, address)
        else:
            yield address


@pytest.mark.parametrize("address", OPEN)
def test_public_data_is_open_to_every_site_and_kept_by_caches(client, address):
    for ask in (client.get, client.head):
        answer = ask(address, headers=ELSEWHERE)
        assert answer.status_code == 200
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert answer["Cache-Control"].startswith("public, max-age=")
        assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert not answer.has_header("Access-Control-Allow-Credentials")
        assert not answer.has_header("Vary")
        assert not answer.cookies


@pytest.mark.parametrize("address", OPEN)
def test_a_preflight_is_answered_and_asks_the_database_nothing(
    client, django_assert_num_queries, address
):
    with django_assert_num_queries(0):
        answer = client.options(address, headers=PREFLIGHT)
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert answer["Access-Control-Allow-Headers"] == "*"
    assert not answer.has_header("Access-Control-Allow-Credentials")


@pytest.mark.parametrize("address", OPEN)
def test_public_data_is_only_read(client, address):
    assert client.post(address).status_code == 405


def test_nothing_else_is_open_to_scripts_of_other_sites(client):
    others = set(addresses(get_resolver().url_patterns)) - {one.partition("?")[0] for one in OPEN}
    assert {"/", "/pledge/", "/supporters/", "/coalition/", "/healthz"} <= others
    for address in others:
        for ask, headers in ((client.get, ELSEWHERE), (client.options, PREFLIGHT)):
            answer = ask(address, headers=headers)
            opened = [name for name in answer.headers if name.startswith("Access-Control-")]
            assert opened == [], address
