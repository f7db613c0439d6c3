"""Feeds carry the whole text, work outside the site, and are sent again only when they change."""

import re
from datetime import timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import time_machine
from django.urls import reverse

from blog.models import Post
from tests.blog.factories import LAUNCH, add_image, add_quote, make_author, make_post, make_tag
from tests.blog.test_sanitising import full_texts

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = ["blog:feed", "blog:feed-rss"]


@pytest.fixture
def post():
    post = make_post(
        title="Ups & downs <balanced>",
        author=make_author(name="Robin Example"),
        tags=[make_tag(name="Ideas & more")],
        text='<p>Join <a href="/coalition/">here</a> or <a href="https://x.example/?a=1&amp;b=2">there</a>.</p>',
    )
    add_quote(post, "Said & done")
    add_image(post, caption="A caption")
    return post


def read(client, name):
    return ElementTree.fromstring(client.get(reverse(name)).content)  # noqa: S314  our own


def test_atom_has_what_its_rules_ask_for(client, post, settings):
    response = client.get(reverse("blog:feed"))
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)  # noqa: S314  our own
    assert feed.tag == f"{ATOM}feed"
    for needed in ("id", "title", "updated"):
        assert feed.findtext(ATOM + needed)
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == settings.SITE_URL + reverse("blog:feed")
    entry = feed.find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Ups & downs <balanced>"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Robin Example"
    assert entry.findtext(f"{ATOM}published") == "2013-10-01T09:00:00+00:00"
    assert entry.find(f"{ATOM}link").get("href") == settings.SITE_URL + post.get_absolute_url()
    assert entry.find(f"{ATOM}category").get("term") == "Ideas & more"
    assert entry.find(f"{ATOM}content").get("type") == "html"


def test_rss_has_what_its_rules_ask_for(client, post, settings):
    response = client.get(reverse("blog:feed-rss"))
    assert response.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    rss = ElementTree.fromstring(response.content)  # noqa: S314  our own
    assert rss.get("version") == "2.0"
    for needed in ("title", "link", "description", "lastBuildDate"):
        assert rss.findtext(f"channel/{needed}")
    item = rss.find("channel/item")
    assert item.findtext("title") == "Ups & downs <balanced>"
    assert item.findtext("link") == settings.SITE_URL + post.get_absolute_url()
    assert item.findtext("pubDate") == "Tue, 01 Oct 2013 09:00:00 +0000"
    assert item.findtext("guid")


def test_both_carry_the_whole_text_with_absolute_addresses(client, post, settings):
    texts = full_texts(client)
    assert len(texts) == 2
    image = post.blog_image_set.get()
    for text in texts:
        assert f'href="{settings.SITE_URL}/coalition/"' in text
        assert 'href="https://x.example/?a=1&amp;b=2"' in text
        assert f'src="{settings.SITE_URL}{image.file.url}"' in text
        assert "Said &amp; done" in text
        assert "A caption" in text
        assert "Robin Example" in text
        assert 'src="/' not in text
        assert 'href="/' not in text


def test_an_entry_keeps_its_identity_when_its_address_changes(client, post):
    before = read(client, "blog:feed").findtext(f"{ATOM}entry/{ATOM}id")
    Post.objects.update(slug="renamed")
    assert read(client, "blog:feed").findtext(f"{ATOM}entry/{ATOM}id") == before
    assert urlsplit(before).scheme == "tag"


RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def test_atom_keeps_the_rules_a_validator_checks(client, post):
    """RFC 4287, sections 4.1 and 4.2."""
    make_post(text="<h2>Another</h2>")
    feed = read(client, "blog:feed")
    for holder in (feed, *feed.findall(f"{ATOM}entry")):
        for needed in ("id", "title", "updated"):
            assert len(holder.findall(ATOM + needed)) == 1
        for moment in [*holder.findall(f"{ATOM}updated"), *holder.findall(f"{ATOM}published")]:
            assert RFC_3339.fullmatch(moment.text)
        alternates = [
            link
            for link in holder.findall(f"{ATOM}link")
            if link.get("rel", "alternate") == "alternate"
        ]
        assert len(alternates) == 1
    for entry in feed.findall(f"{ATOM}entry"):
        assert entry.findtext(f"{ATOM}author/{ATOM}name")
        assert len(entry.findall(f"{ATOM}content")) == 1
        assert entry.find(f"{ATOM}content").get("type") == "html"
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids) == 2
    assert all(urlsplit(link.get("href")).scheme for link in feed.iter(f"{ATOM}link"))


def test_rss_keeps_the_rules_a_validator_checks(client, post):
    """RSS 2.0, with the Advisory Board's best practices."""
    make_post(text="<h2>Another</h2>")
    rss = read(client, "blog:feed-rss")
    assert len(rss.findall("channel")) == 1
    links = rss.findall(f"channel/{ATOM}link")
    assert [link.get("rel") for link in links] == ["self"]
    items = rss.findall("channel/item")
    for item in items:
        assert parsedate_to_datetime(item.findtext("pubDate")).utcoffset() == timedelta(0)
        assert item.find("guid").get("isPermaLink") == "false"
        assert urlsplit(item.findtext("link")).scheme
        assert item.find("author") is None, "would have to be an e-mail address"
        assert item.findtext("{http://purl.org/dc/elements/1.1/}creator")
        for element in ("title", "link", "description", "guid", "pubDate"):
            assert len(item.findall(element)) == 1
    assert len({item.findtext("guid") for item in items}) == len(items) == 2
    assert parsedate_to_datetime(rss.findtext("channel/lastBuildDate"))


@pytest.mark.parametrize("name", FEEDS)
def test_an_unchanged_feed_is_not_sent_again(client, post, name):
    first = client.get(reverse(name))
    for header, value in (
        ("If-None-Match", first.headers["ETag"]),
        ("If-Modified-Since", first.headers["Last-Modified"]),
    ):
        again = client.get(reverse(name), headers={header: value})
        assert again.status_code == 304
        assert again.content == b""


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("header", ["ETag", "Last-Modified"])
def test_a_feed_that_lost_or_won_a_post_is_sent_again(client, post, name, header):
    asks = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}[header]
    later = make_post(title="Later", published_at=LAUNCH + timedelta(days=36500))
    with time_machine.travel(later.published_at - timedelta(seconds=1), tick=False):
        before = client.get(reverse(name)).headers[header]
    with time_machine.travel(later.published_at, tick=False):
        response = client.get(reverse(name), headers={asks: before})
        assert "Later" in response.text
        before = response.headers[header]
    with time_machine.travel(later.published_at + timedelta(days=1), tick=False):
        later.status = Post.Status.WITHDRAWN
        later.save()
        response = client.get(reverse(name), headers={asks: before})
        assert response.status_code == 200
        assert "Later" not in response.text


@pytest.mark.parametrize("name", FEEDS)
def test_an_empty_feed_and_one_with_control_characters_are_well_formed(client, name):
    assert read(client, name) is not None
    make_post(title="Pasted\x0b from\x02 elsewhere", excerpt="\x1f", text="<p>\x08x</p>")
    assert "Pasted from elsewhere" in client.get(reverse(name)).text
    assert read(client, name) is not None


@pytest.mark.parametrize("name", FEEDS)
def test_feeds_refuse_to_be_posted_to(client, name):
    assert client.post(reverse(name)).status_code == 405
