"""oEmbed: what another site shows in place of a link to one of our pages."""

import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest

from tests.pledges.people import a_supporter

pytestmark = pytest.mark.django_db
SITE = "https://million.example"


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = SITE


def ask(client, url, **query):
    return client.get("/oembed", {"url": url, **query})


class Tags(HTMLParser):
    """The start tags of an HTML text, as (name, attributes)."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("path", ["", "/", "/pledge/", "/?utm_source=x#sign"])
def test_a_link_to_us_becomes_the_form(client, path):
    answer = ask(client, SITE + path)
    assert answer["Content-Type"] == "application/json"
    resource = answer.json()
    assert resource.pop("cache_age") > 0
    html = resource.pop("html")
    assert resource == {
        "version": "1.0",
        "type": "rich",
        "title": "Add your name to 1 Million for Work Flexibility",
        "provider_name": "1 Million for Work Flexibility",
        "provider_url": SITE,
        "width": 360,
        "height": 800,
    }
    ((tag, attributes),) = Tags(html).found
    assert tag == "iframe"
    assert attributes["src"] == f"{SITE}/embed/"
    assert attributes["title"] == resource["title"]
    assert (attributes["width"], attributes["height"]) == ("360", "800")


def test_a_personal_link_stays_personal(client):
    sam = a_supporter("sam@example.org", name="Samantha Hidden")
    answer = ask(client, f"{SITE}{sam.join_path}")
    ((_tag, attributes),) = Tags(answer.json()["html"]).found
    assert attributes["src"] == f"{SITE}/embed/?via={sam.code}"
    assert "Samantha" not in answer.text


def test_a_link_to_the_count_becomes_the_badge(client):
    (link, picture) = Tags(ask(client, f"{SITE}/count/").json()["html"]).found
    assert link == ("a", {"href": f"{SITE}/count/"})
    assert picture[1]["src"] == f"{SITE}/badge.svg"


@pytest.mark.parametrize(
    ("path", "limits", "size"),
    [
        ("/", {"maxwidth": 200}, (200, 800)),
        ("/", {"maxheight": 500}, (360, 500)),
        ("/", {"maxwidth": 1000, "maxheight": 1000}, (360, 800)),
        ("/count/", {"maxwidth": 150}, (150, 32)),
        ("/count/", {"maxheight": 32, "maxwidth": 1000}, (150, 32)),
        ("/count/", {"maxheight": 1}, (4, 1)),
    ],
)
def test_nothing_is_larger_than_asked_for(client, path, limits, size):
    resource = ask(client, SITE + path, **limits).json()
    assert (resource["width"], resource["height"]) == size
    _tag, attributes = Tags(resource["html"]).found[-1]
    assert (int(attributes["width"]), int(attributes["height"])) == size


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/",
        "https://million.example.elsewhere.example/",
        "https://million.example@elsewhere.example/",
        "https://million.example:8443/",
        "//million.example/",
        "javascript://million.example/%0aalert(1)",
        "https://[million.example/",
        "/",
        "x",
        f"{SITE}/nowhere/",
        f"{SITE}/join/2222222222/",
        f"{SITE}/join/x/",
        f"{SITE}/pledge/mine/token/",
        f"{SITE}/admin/",
        f"{SITE}/supporters/",
        f"{SITE}/embed/?via=<script>",
    ],
)
def test_what_is_not_ours_to_show_is_not_found_and_not_repeated(client, url):
    answer = ask(client, url)
    assert answer.status_code == 404
    assert "elsewhere" not in answer.text
    assert "alert(1)" not in answer.text


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"url": ""},
        {"url": f"{SITE}/\x00"},
        {"url": f"{SITE}/", "maxwidth": "wide"},
        {"url": f"{SITE}/", "maxheight": "0"},
        {"url": f"{SITE}/", "maxheight": "-1"},
        {"url": f"{SITE}/", "format": "yaml"},
    ],
)
def test_malformed_questions_are_refused(client, query):
    assert client.get("/oembed", query).status_code == 400


def test_xml_says_the_same_as_json(client):
    plain = ask(client, f"{SITE}/")
    assert ask(client, f"{SITE}/", format="json").json() == plain.json()
    in_xml = ask(client, f"{SITE}/", format="xml")
    assert in_xml["Content-Type"] == "text/xml; charset=utf-8"
    document = ElementTree.fromstring(in_xml.content)  # noqa: S314  our own
    assert document.tag == "oembed"
    told = {element.tag: element.text for element in document}
    assert told == {name: str(value) for name, value in plain.json().items()}


def test_no_script_is_spoken(client):
    plain = ask(client, f"{SITE}/")
    with_callback = ask(client, f"{SITE}/", callback="steal")
    assert "steal" not in with_callback.text
    assert with_callback.json() == plain.json()


def test_pages_say_where_their_description_is(client):
    sam = a_supporter("sam@example.org")
    for path in ("/", sam.join_path, "/count/"):
        page = client.get(path).text
        (address,) = re.findall(r'type="application/json\+oembed"[^>]* href="([^"]+)"', page)
        asked = urlsplit(address)
        assert f"{asked.scheme}://{asked.netloc}{asked.path}" == f"{SITE}/oembed"
        assert parse_qs(asked.query) == {"url": [SITE + path]}
        assert client.get("/oembed", parse_qs(asked.query)).status_code == 200


def test_a_description_that_did_not_change_is_not_sent_again(client):
    etag = ask(client, f"{SITE}/")["ETag"]
    again = client.get("/oembed", {"url": f"{SITE}/"}, headers={"If-None-Match": etag})
    assert again.status_code == 304
