"""Anything may come over the wire. Whatever it is, the site answers, quickly, and gives nothing away.

Requests are put together by Hypothesis from what could reach any view: every address of the URL
configuration, the names of fields and parameters found on its own pages, values that have broken
other sites, strange methods, headers, cookies, content types, charsets and files.
"""

import io
import re
import time
from urllib.parse import urlencode, urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT, Client, encode_multipart
from django.utils import timezone
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from PIL import Image

from common.hygiene import read_as_utf8
from pledges.models import Voice
from tests.blog.factories import make_post
from tests.coalition.cast import a_member
from tests.hostile.addresses import parts, routes
from tests.pledges.people import a_pledge, a_supporter

pytestmark = pytest.mark.django_db

how_many = pytest.mark.parametrize("many", [400, pytest.param(10_000, marks=pytest.mark.faults)])
LONGEST_S = 3
# These leave the process (mail written to files, the browser's downloads of pictures being made).
LEFT_OUT = ("/dev/mail/",)

NASTY = [
    "", " ", "0", "-1", "1", "99999999999999999999", "1e309", "NaN", "null", "true", "[]", "{}",
    "\x00", "a\x00b", "\r\nSet-Cookie: a=b", "\u202eevil", "\u2028", "\ud7ff", "\ufffe", "é" * 300,
    "x" * 5_000, "../../etc/passwd", "..\\..\\", "/", "//evil.example", "/\\evil.example",
    "https://evil.example/", "javascript:alert(1)", "<script>alert(1)</script>", "\"'><img src=x>",
    "' OR 1=1--", "%00", "%", "%s%n", "{{7*7}}", "{% load x %}", "=1+1", "😀" * 40, "Robin",
    "robin@example.org", "a@b", "@", "a" * 250 + "@example.org", "2026-02-30", "2026-01-01",
    "12:61", "CA", "XX", "remote", "on", "123456", "１２３４５６", "robin@exämple.org",
]  # fmt: skip
METHODS = [
    *["GET"] * 6, *["POST"] * 8, "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get",
]  # fmt: skip
HEADERS = [
    "Host", "Origin", "Referer", "Cookie", "Accept", "Accept-Language", "Accept-Encoding", "Range",
    "If-None-Match", "If-Modified-Since", "X-Forwarded-For", "X-Forwarded-Host", "X-Request-ID",
    "X-Forwarded-Proto", "Sec-Fetch-Site", "User-Agent", "X-HTTP-Method-Override", "Authorization",
]  # fmt: skip
CONTENT_TYPES = [
    "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=",
    MULTIPART_CONTENT, "multipart/form-data; boundary=\xff", "application/json", "text/plain; charset=utf-7", "",
    "application/x-www-form-urlencoded; charset=utf-16", "; charset=rot13",
]  # fmt: skip
ON_EVERY_ANSWER = {
    "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy",
    "Permissions-Policy", "Cross-Origin-Opener-Policy",
}  # fmt: skip

_picture = io.BytesIO()
Image.new("RGB", (3, 2)).save(_picture, "PNG")
FILES = [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", _picture.getvalue()]
_CONTROL = re.compile(r"[\x00-\x1f]")
nasty = st.sampled_from(NASTY) | st.text(max_size=40)


@pytest.fixture
def tokens():
    """Tokens and codes that are somebody's, so that views get past looking them up."""
    robin = a_supporter()
    waiting = a_pledge("waiting@example.org")
    Voice.objects.create(pledge=robin, text="Because", created_at=timezone.now())
    return [
        *(robin.token(purpose) for purpose in ("mine", "confirm", "not-me", "unsubscribe")),
        waiting.token("confirm"),
        robin.code,
        str(robin.pk),
    ]


@pytest.fixture
def slugs():
    member, post = a_member(), make_post(text="<p>Sample</p>")
    return [member.slug, post.slug, str(member.pk), str(post.pk)]


@pytest.fixture
def staff():
    boss = get_user_model().objects.create_superuser("boss", "boss@example.org", "x")
    client = Client(raise_request_exception=False)
    client.force_login(boss)
    return client


def names_on(client, route):
    """Names of fields and parameters that the page itself gives to a browser."""
    if "<" in route:
        return []
    text = client.get(route).content.decode(errors="replace")
    return sorted({*re.findall(r'name="([^"]{1,60})"', text), *re.findall(r"[?&;](\w+)=", text)})


def values_for(converter, slugs, tokens):
    return {
        "int": st.integers(0, 10**20).map(str),
        "year": st.sampled_from(["2026", "0000", "9999", "20"]),
        "month": st.sampled_from(["01", "11", "13", "00"]),
        "slug": st.sampled_from([*slugs, "no-such", "-", "a" * 300]),
    }.get(converter, st.sampled_from([*tokens, *slugs]) | nasty)


def on_the_wire(text):
    """Bytes as WSGI hands them on: each a character."""
    return text.encode().decode("latin-1")


@st.composite
def requests(draw, routes, names, slugs, tokens):
    """One request as keyword arguments of `Client.generic`."""
    route = draw(st.sampled_from(routes))
    path = "".join(
        part if isinstance(part, str) else draw(values_for(part[0], slugs, tokens))
        for part in parts(route)
    )
    field = st.sampled_from([*names[route], "q", "page", "after", "via", "action", "e"]) | nasty
    query = draw(st.lists(st.tuples(field, nasty), max_size=3))
    request = {
        "method": draw(st.sampled_from(METHODS)),
        "path": route,
        "PATH_INFO": on_the_wire(path),
        "QUERY_STRING": on_the_wire("&".join(f"{name}={value}" for name, value in query)),
        "headers": {
            name: on_the_wire(_CONTROL.sub("", value))  # gunicorn refuses the others itself
            for name, value in draw(
                st.lists(st.tuples(st.sampled_from(HEADERS), st.sampled_from(NASTY)), max_size=2)
            )
        },
    }
    form = dict(draw(st.lists(st.tuples(field, nasty), max_size=6)))
    return request | draw(bodies(form))


def bodies(form):
    """A form as a browser sends it, with a file or two, or bytes that claim to be something."""
    return st.one_of(
        st.just({"data": urlencode(form), "content_type": CONTENT_TYPES[0]}),
        st.sampled_from(FILES).map(
            lambda content: {
                "data": encode_multipart(
                    BOUNDARY,
                    {**form, "logo": _file(content, "a.png"), "file": _file(content, "../a.html")},
                ),
                "content_type": MULTIPART_CONTENT,
            }
        ),
        st.tuples(st.binary(max_size=200), st.sampled_from(CONTENT_TYPES)).map(
            lambda body: {"data": body[0], "content_type": body[1]}
        ),
    )


def _file(content, name):
    file = io.BytesIO(content)
    file.name = name
    return file


class RolledBack(Exception):
    """Undoes what one request has changed, so that the next finds what it needs."""


def answer_to(client, request):
    try:
        with transaction.atomic():
            began = time.monotonic()
            response = client.generic(**request)
            if response.streaming:
                b"".join(response.streaming_content)
            took = time.monotonic() - began
            raise RolledBack
    except RolledBack:
        return response, took


def attack(client, many, routes, slugs, tokens):
    client.handler = read_as_utf8(client.handler)  # as flexpledge.wsgi does
    names = {route: names_on(client, route) for route in routes}
    cookies = client.cookies.output()

    @seed(20131001)
    @settings(
        max_examples=many,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(requests(routes, names, slugs, tokens))
    def answers_well(request):
        response, took = answer_to(client, request)
        assert response.status_code < 500 or response.status_code == 503, response.status_code
        assert took < LONGEST_S
        missing = ON_EVERY_ANSWER - set(response.headers)
        may_be_framed = "frame-ancestors *" in response.headers["Content-Security-Policy"]
        assert missing == ({"X-Frame-Options"} if may_be_framed else set())
        assert not may_be_framed or request["PATH_INFO"].startswith("/embed/")
        assert urlsplit(response.headers.get("Location", "")).netloc in ("", "testserver")
        assert b"<script>alert(1)" not in response.content if not response.streaming else True

    answers_well()
    assert cookies == client.cookies.output() or routes[0].startswith("/admin/")


@pytest.fixture
def public():
    return [r for r in routes() if not r.startswith(("/admin/", *LEFT_OUT))]


@pytest.fixture
def admin():
    """All of the admin but the way out."""
    return [r for r in routes() if r.startswith("/admin/") and "logout" not in r]


@how_many
def test_the_public_site_answers_anything(many, public, slugs, tokens):
    attack(Client(raise_request_exception=False), many, public, slugs, tokens)


@how_many
def test_the_admin_answers_anything_from_staff(many, staff, admin, slugs, tokens):
    attack(staff, many, admin, slugs, tokens)


@how_many
def test_the_admin_answers_anything_from_strangers(many, admin, slugs, tokens):
    attack(Client(raise_request_exception=False), many, admin, slugs, tokens)
