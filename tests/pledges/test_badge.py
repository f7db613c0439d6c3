"""The badge: a picture of the count that others put on their pages."""

from itertools import product
from xml.etree import ElementTree

import pytest

from tests.pledges.people import a_supporter
from tests.test_house_front_page import count_stands_at

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"
THEMES, SIZES, CONTENTS = ("light", "dark"), ("small", "medium", "large"), ("numbers", "text")


def drawn(client, **chosen):
    answer = client.get("/badge.svg", chosen)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/svg+xml"
    return ElementTree.fromstring(answer.content)  # noqa: S314  our own


def words_on(badge):
    return [text.text for text in badge.iter(f"{SVG}text")]


def test_the_badge_tells_the_count_to_eyes_and_ears(client):
    count_stands_at(12_408)
    badge = drawn(client)
    assert words_on(badge) == ["12,408", "of 1,000,000", "for work flexibility"]
    assert badge.get("role") == "img"
    assert badge.get("aria-label") == "12,408 of 1,000,000 for work flexibility"
    assert badge.findtext(f"{SVG}title") == badge.get("aria-label")


def test_the_badge_follows_the_goal_of_the_campaign(client, settings):
    settings.PLEDGE_GOAL = 2_500
    assert words_on(drawn(client))[:2] == ["0", "of 2,500"]


@pytest.mark.parametrize(("theme", "size", "show"), list(product(THEMES, SIZES, CONTENTS)))
def test_the_badge_comes_in_twelve_looks(client, theme, size, show):
    count_stands_at(12_408)
    badge = drawn(client, theme=theme, size=size, show=show)
    ink, field = badge.get("color"), badge.find(f"{SVG}rect").get("fill")
    assert (ink, field) == {"light": ("#0B2B33", "#FFCE2E"), "dark": ("#FFCE2E", "#0B2B33")}[theme]
    assert (badge.get("width"), badge.get("height")) == {
        "small": ("225", "48"),
        "medium": ("300", "64"),
        "large": ("450", "96"),
    }[size]
    assert ("12,408" in words_on(badge)) == (show == "numbers")
    assert ("Work should bend." in words_on(badge)) == (show == "text")


@pytest.mark.parametrize("count", [0, 1, 300, 12_408, 999_999, 1_000_000, 10_000_000])
def test_numbers_of_any_length_stay_between_the_mark_and_the_edge(client, count):
    count_stands_at(count)
    right = 0
    for text in drawn(client).iter(f"{SVG}text"):
        left = float(text.get("x"))
        assert left >= 90
        if text.get("y") == "33":
            assert left >= right
        right = left + float(text.get("textLength"))
        assert right <= 274.1


@pytest.mark.parametrize(
    "query",
    [
        "theme=pink",
        "size=xl",
        "show=",
        "show=%00",
        "via=2222222222",
        "callback=x",
        "theme=light%20",
    ],
)
def test_a_badge_that_does_not_exist_is_refused(client, query):
    expected = 200 if query == "show=" else 400
    answer = client.get(f"/badge.svg?{query}")
    assert answer.status_code == expected


def test_whoever_has_the_badge_as_it_is_gets_no_other(client):
    a_supporter("a@example.org")
    etag = client.get("/badge.svg")["ETag"]
    again = client.get("/badge.svg", headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert again["Cache-Control"].startswith("public, max-age=60, stale-while-revalidate=")
    a_supporter("b@example.org")
    assert client.get("/badge.svg", headers={"If-None-Match": etag}).status_code == 200


def test_the_badge_is_small_and_holds_nothing_that_runs_or_loads(client):
    answer = client.get("/badge.svg")
    assert len(answer.content) < 2_000
    for word in ("<script", "<style", "style=", "href", "url(", "<image", " on"):
        assert word not in answer.text
    policy = set(answer["Content-Security-Policy"].split("; "))
    assert policy == {"default-src 'none'", "frame-ancestors 'none'"}
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies
