"""deploy/nginx.conf in a real nginx: what it answers without asking the site."""

import re
import shutil
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPResponse

import pytest

from tests.servers import Answer, Nginx, ask, free_port, wait_until
from tests.servers.server import PROJECT

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def deserted(place, running):
    """An nginx behind which nobody listens."""
    return running(Nginx(place / "deserted", f"127.0.0.1:{free_port()}"))


def say(nginx, words):
    """What nginx answers to these bytes."""
    with socket.create_connection(("127.0.0.1", nginx.port), timeout=15) as client:
        client.sendall(words.replace("\n", "\r\n").encode())
        response = HTTPResponse(client)
        response.begin()
        return Answer(response.status, response.headers, response.read())


def get(address, *headers):
    return "\n".join(
        [f"GET {address} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *headers, "", ""]
    )


REFUSED = {
    "damaged line": ("GET / HTTP/1.1 extra\n\n", 400, "We could not read that"),
    "bad version": ("GET / HTTP/9.9\nHost: 127.0.0.1\n\n", 400, "We could not read that"),
    "no host": ("GET / HTTP/1.1\n\n", 400, "We could not read that"),
    "NUL byte": (get("/%00"), 400, "We could not read that"),
    "long address": (get("/" + "a" * 40_000), 414, "We could not read that"),
    "long header": (get("/", "X: " + "a" * 40_000), 400, "We could not read that"),
    "two lengths": (get("/", "Content-Length: 1", "Content-Length: 2"), 400, "We could not read"),
    "odd transfer": (get("/", "Transfer-Encoding: odd"), 400, "We could not read that"),
    "TRACE": (get("/").replace("GET", "TRACE"), 405, "That does not work here"),
    "CONNECT": ("CONNECT a:1 HTTP/1.1\nHost: a\n\n", 400, "We could not read that"),
    "POST to a file": (
        "POST /static/css/base.css HTTP/1.1\nHost: 127.0.0.1\nConnection: close\nContent-Length: 0\n\n",
        405,
        "That does not work here",
    ),
    "unknown file": (get("/static/none.css"), 404, "This page has rolled away"),
    "folder": (get("/static/css/"), 404, "This page has rolled away"),
    "outside": (get("/static/../../manage.py"), 400, "We could not read that"),
    "large form": (
        "POST /pledge/ HTTP/1.1\nHost: 127.0.0.1\nContent-Length: 70000\n\n",
        413,
        "That is too large for us",
    ),
    "nobody behind": (get("/"), 503, "Catching our breath"),
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=()",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


@pytest.mark.parametrize("case", REFUSED)
def test_whatever_nginx_refuses_it_says_so_on_a_page_of_ours_with_all_headers(deserted, case):
    words, status, heading = REFUSED[case]
    answer = say(deserted, words)

    assert answer.status == status
    assert heading in answer.text
    assert answer.headers["Server"] == "nginx"
    for name, value in HEADERS.items():
        (said,) = answer.headers.get_all(name)
        assert said.startswith(value)
    assert (answer.headers["Retry-After"] == "30") is (status == 503)


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl to make a certificate")
def test_nginx_takes_the_file_as_it_is_shipped(place, nginx):
    folder = place / "shipped"
    folder.mkdir()
    certificate = ["-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    subprocess.run([*make, *certificate], check=True, capture_output=True)
    site = (PROJECT / "deploy/nginx.conf").read_text(encoding="utf-8")
    for shipped, here in {
        "/etc/letsencrypt/live/www.example.org": str(folder),
        "/var/log/nginx": str(folder),
        "/var/cache": str(folder),
        "    listen [::]": "    # listen [::]",  # not every machine has IPv6
        "listen 80": f"listen {free_port()}",
        "listen 443": f"listen {free_port()}",
    }.items():
        assert shipped in site
        site = site.replace(shipped, here)
    (folder / "site.conf").write_text(site, encoding="utf-8")
    shutil.copy(nginx.folder / "nginx.conf", folder)
    program, *_options = nginx.command()

    checked = subprocess.run([program, "-t", "-p", folder, "-c", "nginx.conf"], capture_output=True)

    assert checked.returncode == 0, checked.stderr


def test_the_pages_of_errors_find_their_styles(deserted):
    page = ask(deserted.url).text
    styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert styles
    for address in styles:
        answer = ask(f"{deserted.url}{address}")
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/css")
        assert answer.headers.get_all("Cache-Control") == ["max-age=315360000, public, immutable"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_files_are_sent_compressed_as_they_were_stored(deserted):
    address = f"{deserted.url}/static/css/base.css"
    packed = ask(address, headers={"Accept-Encoding": "gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert packed.content == (PROJECT / "staticfiles/css/base.css.gz").read_bytes()
    assert ask(address).headers["Cache-Control"] == "max-age=60, public"


def test_a_picture_is_served_as_a_picture_and_anything_else_as_nothing(nginx):
    picture = ask(f"{nginx.url}/media/logos/a.png")
    assert (picture.status, picture.content) == (200, b"\x89PNG")
    assert picture.headers["Content-Type"] == "image/png"
    assert picture.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert picture.headers["Cache-Control"] == "max-age=31536000, public, immutable"

    for path in (
        "logos/a.html",
        "logos/",
        "logos/none.png",
        "../outside.png",
        "%2e%2e/outside.png",
    ):
        answer = ask(f"{nginx.url}/media/{path}")
        assert b"outside" not in answer.content
        assert b"script>alert" not in answer.content


def test_what_the_site_says_about_itself_is_not_said_twice(nginx, upstream):
    upstream.headers |= {"X-Frame-Options": "SAMEORIGIN", "Cache-Control": "no-store"}
    upstream.status = 503
    answer = ask(f"{nginx.url}/embed/code/")

    assert answer.text == "answer 1"
    assert answer.headers.get_all("X-Frame-Options") == ["SAMEORIGIN"]
    assert answer.headers.get_all("Cache-Control") == ["no-store"]
    assert answer.headers.get_all("Content-Security-Policy") is None


def test_what_gunicorn_refuses_before_the_site_sees_it_gets_all_headers(nginx, upstream, address):
    upstream.status, upstream.headers = 400, {"Content-Type": "text/html"}
    answer = ask(address("/about/*/"))

    assert (answer.status, answer.text) == (400, "answer 1")
    for name, value in HEADERS.items():
        (said,) = answer.headers.get_all(name)
        assert said.startswith(value)


def test_an_error_is_seen_in_a_frame_where_the_form_would_have_been(deserted):
    answer = ask(f"{deserted.url}/embed/?via=a")
    assert answer.status == 503
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] is None


@pytest.mark.parametrize("host", ["elsewhere.example", "127.0.0.1.elsewhere.example"])
def test_other_names_lead_to_ours(nginx, upstream, host):
    answer = ask(f"{nginx.url}/about/?a=b", headers={"Host": host})
    assert answer.status == 301
    assert answer.headers["Location"] == f"{nginx.url}/about/?a=b"
    assert answer.headers["Strict-Transport-Security"]
    assert not upstream.asked


def crowd(url, source, times, **request):
    with ThreadPoolExecutor(20) as people:
        asked = [people.submit(ask, url, source=source, **request) for _one in range(times)]
    return [one.result() for one in asked]


def test_a_school_behind_one_address_signs_and_a_machine_is_slowed_down(nginx, upstream):
    form = {"name": "Robin"}
    school = crowd(f"{nginx.url}/pledge/", "127.0.0.2", 200, form=form)
    assert {answer.status for answer in school} == {200}

    machine = crowd(f"{nginx.url}/pledge/", "127.0.0.3", 1500, form=form)
    refused = [answer for answer in machine if answer.status == 429]
    assert refused
    assert "Too many tries" in refused[0].text
    assert int(refused[0].headers["Retry-After"]) > 0
    assert ask(f"{nginx.url}/pledge/", form=form, source="127.0.0.2").status == 200


def test_what_everybody_reads_has_no_limit_and_searching_has(nginx, upstream):
    upstream.headers["Cache-Control"] = "public, max-age=60"
    assert {one.status for one in crowd(nginx.url, "127.0.0.4", 1500)} == {200}
    searches = crowd(f"{nginx.url}/supporters/?q=a", "127.0.0.4", 1500)
    assert {one.status for one in searches} == {200, 429}


def test_the_log_holds_neither_tokens_nor_people(nginx, upstream):
    for path in (
        "/pledge/mine/secret/withdraw/?secret",
        "/pledge/m%69ne/secret/",
        "/unsubscribe/secret/",
        "/supporters/?q=secret",
        "/blog/?page=2",
    ):
        ask(f"{nginx.url}{path}", headers={"Referer": "https://secret/"})
    nginx.write_logs()
    log = nginx.folder / "flexpledge.log"
    wait_until(lambda: log.read_text().count("/pledge/mine/...") and " /blog/ " in log.read_text())

    assert "secret" not in log.read_text()
    assert " GET /pledge/mine/... 200 " in log.read_text()
    assert "127.0.0.0 [" in log.read_text()
    assert "127.0.0.1" not in log.read_text()
    (line,) = [line for line in log.read_text().splitlines() if " /blog/ " in line]
    assert upstream.asked[-1].headers["X-Request-ID"] == line.split()[-1]


def test_nothing_is_logged_of_a_site_that_does_not_answer_but_its_status(deserted):
    ask(f"{deserted.url}/pledge/mine/secret/")
    deserted.write_logs()
    log = deserted.folder / "flexpledge.log"
    wait_until(lambda: " GET /pledge/mine/... 503 " in log.read_text())
    for file in deserted.folder.glob("*log*"):
        assert "secret" not in file.read_text(), file
    assert "secret" not in (deserted.folder / "errors").read_text()
