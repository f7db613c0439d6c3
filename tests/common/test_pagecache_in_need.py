"""Kept pages while many ask at once, and without a cache or a database."""

import pytest
from django.test import Client

from common import pagecache
from common.filecache import FileCache
from common.pagecache import shared
from tests.common import kept_pages
from tests.common.kept_pages import age, get, in_threads, site


@pytest.fixture(autouse=True)
def kept(settings):
    kept_pages.stand(settings)


# --- Many at once ---------------------------------------------------------------------------------


def test_of_many_who_ask_for_a_new_page_one_builds_it():
    site.takes_s = 0.3

    answers = in_threads(8, lambda: get(Client()).content)

    assert answers == [b"first "] * 8
    assert site.built == 1


def test_while_one_builds_a_page_anew_the_others_get_the_old_one():
    get(Client())
    age(61)
    site.words, site.takes_s = "second", 0.3

    answers = in_threads(8, lambda: get(Client()).content)

    assert sorted(answers) == [b"first "] * 7 + [b"second "]


def test_a_page_that_nobody_asked_for_in_a_long_time_is_shown_to_nobody():
    get(Client())
    age(121)
    site.words, site.takes_s = "second", 0.3

    assert in_threads(8, lambda: get(Client()).content) == [b"second "] * 8
    assert site.built == 2


def test_a_page_that_another_process_has_built_is_not_built_again(client):
    get(client)
    pagecache.clear()  # this process has just started

    assert get(client).content == b"first "
    assert site.built == 1


def test_while_another_process_builds_this_one_shows_the_old_page(client):
    get(client)
    age(61)
    assert shared.claim("http:/page/?")

    assert get(client).content == b"first "
    assert site.built == 1


def test_a_process_killed_while_it_built_is_not_waited_for_long(client, monkeypatch):
    monkeypatch.setattr(shared, "CLAIMED_S", 0.2)
    assert shared.claim("http:/page/?")

    assert get(client).content == b"first "


def test_files_tell_one_of_many_processes_that_it_was_first(tmp_path):
    answers = in_threads(8, lambda: FileCache(tmp_path, {}).add("key", 1))

    assert sorted(answers) == [False] * 7 + [True]


# --- Without a cache, without a database --------------------------------------------------------


@pytest.mark.parametrize(
    "cache",
    [
        {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
        {"BACKEND": "common.filecache.FileCache", "LOCATION": "/proc/nowhere"},
    ],
)
def test_pages_are_kept_in_the_process_where_there_is_no_shared_cache(client, settings, cache):
    settings.CACHES = {"default": cache}

    assert [get(client).content for _ in range(2)] == [b"first "] * 2
    assert site.built == 1
    pagecache.publish()
    site.words = "second"
    assert get(client).content == b"second "


def test_in_an_outage_the_last_page_is_shown_however_old(client):
    get(client)
    age(6 * 60 * 60)
    site.is_out = True

    answer = get(client)

    assert (answer.status_code, answer.content) == (200, b"first ")


def test_in_an_outage_few_requests_wait_for_the_database(client):
    get(client)
    age(6 * 60 * 60)
    site.is_out = True
    for _ in range(20):
        get(client)

    assert site.built == 2


def test_an_outage_is_admitted_where_nothing_is_kept(client):
    site.is_out = True

    answer = get(client)

    assert answer.status_code == 503
    assert "no-store" in answer.headers["Cache-Control"]


def test_after_an_outage_pages_are_new_again(client, monkeypatch):
    monkeypatch.setattr(pagecache.middleware, "RETRY_S", 0)
    get(client)
    age(61)
    site.is_out = True
    get(client)
    site.is_out, site.words = False, "second"

    assert get(client).content == b"second "
