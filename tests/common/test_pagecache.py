"""Public pages kept as finished answers."""

import time

import pytest
from django.test import Client

from common import pagecache
from common.pagecache.page import Page
from common.pagecache.shelf import Shelf
from pledges.models import Tally
from tests.common import kept_pages
from tests.common.kept_pages import SECURITY, age, get, site


@pytest.fixture(autouse=True)
def kept(settings):
    kept_pages.stand(settings)


def test_a_page_is_built_once_while_it_is_fresh(client):
    assert [get(client).content for _ in range(3)] == [b"first "] * 3
    assert site.built == 1


def test_a_page_that_has_aged_is_built_anew(client):
    get(client)
    site.words = "second"
    age(61)

    assert get(client).content == b"second "


def test_a_page_from_before_the_clock_was_set_back_is_built_anew(client):
    get(client)
    site.words = "second"
    age(-61)

    assert get(client).content == b"second "


def test_a_page_that_did_not_ask_for_it_is_never_kept(client):
    get(client, "/unkept/")
    site.words = "second"

    answer = get(client, "/unkept/")

    assert answer.content == b"second "
    assert "ETag" not in answer.headers


def test_caches_on_the_way_may_keep_a_page_as_long_and_show_it_in_an_outage(client, settings):
    settings.PAGE_FRESH_S = 1

    assert get(client).headers["Cache-Control"] == (
        "public, max-age=1, stale-while-revalidate=1, stale-if-error=86400"
    )


def test_a_kept_page_has_every_header_that_a_built_one_has(client):
    built, kept = get(client), get(client)

    assert site.built == 1
    assert kept.headers == built.headers
    assert set(SECURITY) < set(kept.headers)
    assert "Cookie" not in kept.headers.get("Vary", "")


# --- What is kept under which address -----------------------------------------------------------


def test_each_answer_to_a_named_parameter_is_kept(client):
    for _ in range(2):
        assert get(client, "/page/?kind=a").content == b"first kind=a"
        assert get(client, "/page/?kind=b").content == b"first kind=b"
    assert site.built == 2


def test_other_parameters_reach_neither_the_view_nor_the_cache(client):
    get(client)

    for number in range(3):
        assert get(client, f"/page/?utm_source={number}").content == b"first "
    assert get(client, "/page/?x=%FF").content == b"first "
    assert site.built == 1


def test_a_view_that_refuses_other_parameters_is_told_of_them(client):
    for _ in range(2):
        assert get(client, "/strict/?kind=a").content == b"first kind=a"
    assert site.built == 1
    for _ in range(2):
        assert get(client, "/strict/?kind=a&x=1").content == b"first kind=a&x=1"
    assert site.built == 3


def test_what_people_search_for_is_built_each_time_and_still_validated(client):
    answers = [get(client, "/page/?q=words&kind=a&x=1") for _ in range(2)]

    assert site.built == 2
    assert answers[0].content == b"first kind=aq=words"
    assert answers[0].headers["Cache-Control"].startswith("public")
    assert get(client, "/page/?q=words&kind=a", **{"If-None-Match": answers[0].headers["ETag"]}).status_code == 304  # fmt: skip


def test_letters_of_every_script_reach_the_view(client):
    assert get(client, "/page/?kind=größe").content.decode() == "first kind=größe"


def test_the_pages_asked_for_least_make_room():
    shelf = Shelf(most_bytes=10_000)
    for number in range(4):
        shelf.put(number, Page(b"x" * 1000, None, {}, "", 0, 0))
        shelf.get(0)

    assert [number for number in range(4) if shelf.get(number)] == [0, 2, 3]


def test_no_number_of_queries_pushes_out_a_page_without(client, monkeypatch):
    monkeypatch.setattr(pagecache.middleware._queried, "most_bytes", 10_000)
    get(client)
    for number in range(50):
        get(client, f"/page/?kind={number}")
    built = site.built

    get(client)

    assert site.built == built
    assert len(pagecache.middleware._queried._pages) < 10


@pytest.mark.parametrize("address", ["/cookie/", "/nonce/"])
def test_an_answer_for_one_person_is_not_kept(client, address):
    get(client, address)
    answer = get(client, address)

    assert site.built == 2
    assert "public" not in answer.headers.get("Cache-Control", "")


# --- Hosts and schemes ----------------------------------------------------------------------------


def test_a_foreign_host_is_refused_although_the_page_is_kept(client):
    get(client)

    assert get(client, host="evil.example").status_code == 400


def test_whoever_comes_without_encryption_is_led_to_it_although_the_page_is_kept(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    client = Client()
    assert client.get("/page/", secure=True).status_code == 200

    assert client.get("/page/", secure=False).status_code == 301


# --- On the site itself ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_staff_change_shows_at_once(admin_client, client):
    client.get("/about/")
    page = admin_client.get("/admin/flatpages/flatpage/").context["cl"].queryset.get(url="/about/")

    saved = admin_client.post(
        f"/admin/flatpages/flatpage/{page.pk}/change/",
        {"url": page.url, "title": page.title, "content": "<p>New words.</p>", "sites": "1"},
    )

    assert saved.status_code == 302
    assert "New words." in client.get("/about/").content.decode()


@pytest.mark.django_db
def test_a_stranger_at_the_login_makes_nothing_be_built_anew(client, django_assert_num_queries):
    client.get("/about/")
    client.post("/admin/login/", {"username": "stranger", "password": "guess"})

    with django_assert_num_queries(0):
        client.get("/about/")


@pytest.mark.django_db
def test_the_count_keeps_its_validators_until_it_changes(client):
    for address in ("/count.json", "/count/"):
        first = client.get(address)
        pagecache.publish()
        time.sleep(1.1)
        same = client.get(address)
        Tally.objects.update_or_create(scope="total", key="", defaults={"value": 7})
        pagecache.publish()
        changed = client.get(address)
        Tally.objects.all().delete()
        pagecache.publish()

        assert same.content != first.content
        assert same.headers["ETag"] == first.headers["ETag"]
        assert changed.headers["ETag"] != first.headers["ETag"]
