"""Kept pages are sent only to whom they are new, and packed."""

import gzip

import pytest
from django.utils.http import http_date

from common import pagecache
from tests.common import kept_pages
from tests.common.kept_pages import SECURITY, age, get, site


@pytest.fixture(autouse=True)
def kept(settings):
    kept_pages.stand(settings)


def test_the_validators_stay_when_the_same_is_built_again(client):
    first = get(client)
    age(120)
    again = get(client)

    assert site.built == 2
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Last-Modified"] == first.headers["Last-Modified"]


def test_the_validators_change_with_the_content(client):
    first = get(client)
    age(61)
    site.words = "second"
    again = get(client)

    assert again.headers["ETag"] != first.headers["ETag"]
    assert again.headers["Last-Modified"] != first.headers["Last-Modified"]


def test_the_time_a_page_was_made_does_not_change_its_validators(client):
    site.noise = "10:00"
    first = get(client)
    site.noise = "10:01"
    age(61)
    again = get(client)

    assert again.content == b"first 10:01"
    assert again.headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize("is_kept", [True, False])
def test_who_has_the_page_gets_304_with_all_headers_of_security(client, is_kept):
    page = get(client)
    if not is_kept:
        pagecache.clear()

    for condition in (
        {"If-None-Match": page.headers["ETag"]},
        {"If-None-Match": f'"other", {page.headers["ETag"]}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": page.headers["Last-Modified"]},
    ):
        answer = get(client, **condition)

        assert answer.status_code == 304
        assert answer.content == b""
        assert "Content-Type" not in answer.headers
        assert {*SECURITY, "ETag", "Last-Modified", "Cache-Control"} <= set(answer.headers)


def test_who_has_an_older_page_gets_the_new_one(client):
    get(client)

    for condition in ({"If-None-Match": '"other"'}, {"If-Modified-Since": http_date(0)}):
        assert get(client, **condition).content == b"first "


def test_the_etag_goes_before_the_date(client):
    page = get(client)

    answer = get(
        client,
        **{"If-None-Match": '"other"', "If-Modified-Since": page.headers["Last-Modified"]},
    )

    assert answer.status_code == 200


@pytest.mark.parametrize("is_kept", [True, False])
def test_head_answers_with_the_headers_of_get_and_no_body(client, is_kept):
    page = get(client)
    if not is_kept:
        pagecache.clear()

    answer = client.head("/page/")

    assert answer.content == b""
    assert answer.headers == page.headers
    assert get(client).content == b"first "


# --- Packed ---------------------------------------------------------------------------------------

PACKED = {"Accept-Encoding": "br;q=0.9, gzip"}


def test_a_browser_gets_a_page_packed(client):
    site.words = "many words " * 1000
    plain, packed = get(client), get(client, **PACKED)

    assert site.built == 1
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert int(packed.headers["Content-Length"]) == len(packed.content) < len(plain.content) / 10
    assert gzip.decompress(packed.content) == plain.content
    assert packed.headers["ETag"] == plain.headers["ETag"]
    assert {"Content-Encoding", "Vary"}.isdisjoint(plain.headers)
    head = client.head("/page/", headers=PACKED)
    assert (head.content, head.headers) == (b"", packed.headers)


def test_who_has_the_packed_page_gets_304(client):
    site.words = "many words " * 1000
    etag = get(client, **PACKED).headers["ETag"]

    answer = get(client, **PACKED, **{"If-None-Match": etag})

    assert answer.status_code == 304
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert {"Content-Encoding", "Content-Length"}.isdisjoint(answer.headers)


def test_a_page_is_packed_anew_only_where_it_differs(client, monkeypatch):
    packed, pack = [], gzip.compress
    monkeypatch.setattr(gzip, "compress", lambda body, **how: packed.append(body) or pack(body))
    site.words = "many words " * 1000
    for noise in ("10:00", "10:00", "10:01"):
        site.noise = noise
        get(client, **PACKED)
        age(61)

    assert [body[-5:] for body in packed] == [b"10:00", b"10:01"]
    assert gzip.decompress(get(client, **PACKED).content).endswith(b"10:01")


def test_what_is_small_or_asked_for_by_one_person_is_not_packed(client):
    assert "Content-Encoding" not in get(client, **PACKED).headers
    site.words = "many words " * 1000
    pagecache.clear()

    for address in ("/page/?q=words", "/strict/?x=1", "/unkept/", "/cookie/"):
        assert "Content-Encoding" not in get(client, address, **PACKED).headers
