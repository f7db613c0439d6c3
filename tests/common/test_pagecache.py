"""Public pages kept as finished answers."""

import gzip
import threading
import time

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.utils.http import http_date

from common import pagecache
from common.filecache import FileCache
from common.pagecache import cached_page, shared, validated_without
from common.pagecache.page import Page
from common.pagecache.shelf import Shelf
from flexpledge import urls
from pledges.models import Tally

SECURITY = ["Content-Security-Policy", "Permissions-Policy", "X-Content-Type-Options", "X-Frame-Options"]  # fmt: skip


class Site:
    """A few pages, and what a test makes of them."""

    words = "first"
    built = 0
    takes_s = 0
    noise = ""
    is_out = False

    def page(self):
        self.built += 1
        time.sleep(self.takes_s)
        if self.is_out:
            raise OperationalError
        return HttpResponse(f"{self.words} {self.noise}")


site = Site()


@cached_page(query=("kind",), uncached=("q",))
def page(request):
    response = site.page()
    response.write("".join(f"{name}={request.GET[name]}" for name in request.GET))
    return validated_without(response, site.noise)


@cached_page(query=("kind",), is_strict=True)
def strict(request):
    response = site.page()
    response.write(request.GET.urlencode())
    return response


@cached_page()
def with_cookie(request):
    response = site.page()
    response.set_cookie("who", "somebody")
    return response


@cached_page()
def with_nonce(request):
    return HttpResponse(f"{site.page().content} {request.csp_nonce}")


def unkept(request):
    return site.page()


urlpatterns = [
    path("page/", page),
    path("strict/", strict),
    path("cookie/", with_cookie),
    path("nonce/", with_nonce),
    path("unkept/", unkept),
    *urls.urlpatterns,
]


@pytest.fixture(autouse=True)
def kept(settings):
    settings.ROOT_URLCONF = __name__
    settings.PAGE_FRESH_S = 60
    site.__dict__.clear()


def get(client, address="/page/", **headers):
    return client.get(address, headers=headers)


def age(seconds):
    """Lets all that is kept grow older."""
    for shelf in (pagecache.middleware._plain, pagecache.middleware._queried):
        for key, one in list(shelf._pages.items()):
            values = {name: getattr(one, name) for name in Page.__slots__}
            shelf.put(key, Page(**values | {"built_at": one.built_at - seconds}))
    pagecache.middleware.shared.ask("clear")


def in_threads(number, act):
    """What `act` returned in each of so many threads that start at once."""
    answers, ready = [], threading.Barrier(number)

    def run():
        ready.wait()
        answers.append(act())

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


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


# --- Validators -------------------------------------------------------------------------------


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
