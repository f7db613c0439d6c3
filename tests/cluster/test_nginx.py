"""deploy/nginx.conf in a real nginx: what it keeps of a site, and for whom."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.servers import Nginx, ask, wait_until

pytestmark = pytest.mark.cluster

PUBLIC = "public, max-age=60"


def test_a_public_page_is_fetched_once_for_all(upstream, address):
    upstream.headers["Cache-Control"] = PUBLIC
    first, second = ask(address("/blog/tags/*/")), ask(address("/blog/tags/*/"))

    assert (first.text, second.text) == ("answer 1", "answer 1")
    assert second.headers.get_all("Cache-Control") == [PUBLIC]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cache-Control": "no-store"},
        {"Cache-Control": "private, max-age=60"},
        {"Cache-Control": PUBLIC, "Set-Cookie": "a=b"},
    ],
    ids=str,
)
def test_what_does_not_say_that_it_may_be_kept_is_fetched_each_time(upstream, address, headers):
    upstream.headers |= headers
    assert ask(address("/about/*/")).text != ask(address("/about/*/")).text


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/pledge/mine/*/",
        "/pledge/confirm/*/",
        "/pledge/check-email/",
        "/unsubscribe/*/",
        "/coalition/edit/*/",
        "/blog/preview/*/",
        "/healthz",
        "/readyz",
        "/metrics",
    ],
)
def test_pages_of_one_person_are_never_kept_whatever_they_say(upstream, address, path):
    upstream.headers["Cache-Control"] = PUBLIC
    assert ask(address(path)).text != ask(address(path)).text


def test_a_form_is_always_passed_on_and_its_answer_never_kept(upstream, address):
    upstream.headers["Cache-Control"] = PUBLIC
    for number in (1, 2):
        assert ask(address("/pledge/"), form={"name": "Robin"}).text == f"answer {number}"
    assert ask(address("/pledge/")).text == "answer 3"


def test_a_form_is_sent_on_once_even_where_nobody_answers_it(place, running):
    with socket.create_server(("127.0.0.1", 0)) as refusing:
        received = []

        def hang_up():
            while True:
                try:
                    connection, _client = refusing.accept()
                except OSError:
                    return
                received.append(connection.recv(65536))
                connection.close()

        threading.Thread(target=hang_up, daemon=True).start()
        web = f"127.0.0.1:{refusing.getsockname()[1]}"
        nginx = running(Nginx(place / "two-ways", web, web))
        assert ask(f"{nginx.url}/pledge/", form={"name": "Robin"}).status == 503
        assert len(received) == 1
        refusing.shutdown(socket.SHUT_RDWR)


def test_what_a_link_carries_besides_the_page_is_dropped(upstream, address):
    upstream.headers["Cache-Control"] = PUBLIC
    ask(address("/blog/authors/*/?utm_source=mail&page=2&fbclid=abc"))
    ask(address("/blog/authors/*/?fbclid=xyz&page=2"))

    (request,) = upstream.asked
    assert request.path.partition("?")[2] == "&page=2"


def test_pages_that_differ_by_what_was_asked_are_kept_apart(upstream, address):
    upstream.headers["Cache-Control"] = PUBLIC
    for country in ("CA", "FR"):
        for _time in range(2):
            ask(address(f"/supporters/*/?country={country}"))
    assert len(upstream.asked) == 2


def test_a_packed_copy_is_kept_beside_the_plain_one(upstream, address):
    upstream.headers |= {"Cache-Control": PUBLIC, "Vary": "Accept-Encoding"}
    for accepted in ("gzip, deflate, br", "br, gzip;q=0.8", "identity", "br"):
        ask(address("/blog/tags/*/"), headers={"Accept-Encoding": accepted})
    assert [one.headers["Accept-Encoding"] for one in upstream.asked] == ["gzip", None]


def test_only_the_admin_is_told_a_cookie(upstream, address):
    for path in ("/", "/pledge/mine/*/", "/admin/"):
        ask(address(path), headers={"Cookie": "__Host-sessionid=abc"})
    told = {request.path.split("/")[1]: request.headers["Cookie"] for request in upstream.asked}
    assert told == {"": None, "pledge": None, "admin": "__Host-sessionid=abc"}


def test_one_at_a_time_fetches_a_page(upstream, address):
    upstream.headers["Cache-Control"] = PUBLIC
    upstream.may_answer.clear()
    with ThreadPoolExecutor(10) as crowd:
        answers = [crowd.submit(ask, address("/blog/tags/*/")) for _reader in range(10)]
        wait_until(lambda: upstream.asked)
        upstream.may_answer.set()
    assert {answer.result().text for answer in answers} == {"answer 1"}


def test_an_old_page_is_shown_at_once_while_a_new_one_is_fetched(upstream, address):
    upstream.headers["Cache-Control"] = "public, max-age=1, stale-while-revalidate=60"
    page = address("/coalition/*/")
    ask(page)
    wait_until(lambda: ask(page).text and len(upstream.asked) > 1)
    upstream.may_answer.clear()
    wait_until(lambda: ask(page, timeout_s=1).text and len(upstream.asked) > 2)
    assert ask(page, timeout_s=1).text == "answer 2"
    upstream.may_answer.set()


def test_an_old_page_is_not_shown_for_longer_than_it_says(upstream, address):
    upstream.headers["Cache-Control"] = "public, max-age=1"
    page = address("/coalition/*/")
    assert ask(page).text == "answer 1"
    seen = set()
    wait_until(lambda: seen.add(ask(page).text) or "answer 2" in seen)
    assert seen == {"answer 1", "answer 2"}


@pytest.mark.parametrize("status", [500, 503])
def test_an_old_page_is_shown_while_the_site_cannot_answer(upstream, address, status):
    upstream.headers["Cache-Control"] = "public, max-age=1, stale-if-error=60"
    page = address("/coalition/*/")
    ask(page)
    upstream.status, upstream.headers = status, {"X-Content-Type-Options": "nosniff"}
    wait_until(lambda: ask(page) and len(upstream.asked) > 2)
    answer = ask(page)
    assert (answer.status, answer.text) == (200, "answer 1")


def test_a_page_that_is_gone_is_gone(upstream, address):
    upstream.headers["Cache-Control"] = "public, max-age=1, stale-if-error=60"
    page = address("/coalition/*/")
    ask(page)
    upstream.status = 404
    wait_until(lambda: ask(page).status == 404, seconds=5)
