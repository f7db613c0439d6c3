"""The page with the code to copy: what it shows is what one gets."""

import html
import re

import pytest
from django.utils import timezone

from pledges.models import Milestone
from tests.pledges.people import a_supporter
from tests.test_house_front_page import a_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = "https://million.example"


def codes(client, **query):
    """The two texts to copy, and the page they stand on."""
    answer = client.get("/embed/code/", query)
    assert answer.status_code == 200
    found = re.findall(r"<textarea[^>]*readonly>(.*?)</textarea>", answer.text, re.DOTALL)
    return [html.unescape(code) for code in found], answer.text


def test_the_badge_leads_to_the_front_page_and_the_frame_to_the_form(client):
    (badge, frame), page = codes(client)
    assert '<a href="https://million.example/">' in badge
    assert '<img src="https://million.example/badge.svg" width="300" height="64"' in badge
    assert 'alt="Supporters of 1 Million for Work Flexibility"' in badge
    assert '<iframe src="https://million.example/embed/"' in frame
    assert 'title="Add your name to 1 Million for Work Flexibility"' in frame
    assert '<img src="/badge.svg" width="300" height="64"' in page
    assert '<iframe class="frame" src="/embed/"' in page
    assert "<script" not in badge + frame


def test_any_badge_can_be_looked_at_before_it_is_copied(client):
    (badge, _frame), page = codes(client, theme="dark", size="large", show="text")
    query = "?theme=dark&amp;size=large&amp;show=text"
    assert f'src="https://million.example/badge.svg{query}" width="450" height="96"' in badge
    assert f'<img src="/badge.svg{query}" width="450" height="96"' in page
    for chosen in ("dark", "large", "text"):
        assert f'<option value="{chosen}" selected>' in page
    assert client.get(f"/badge.svg{html.unescape(query)}").status_code == 200


@pytest.mark.parametrize("whose", [a_supporter, a_member])
def test_a_code_rides_along(client, whose):
    code = whose().code
    (badge, frame), page = codes(client, via=code, theme="dark")
    assert f'<a href="https://million.example/join/{code}/">' in badge
    assert f'<iframe src="https://million.example/embed/?via={code}"' in frame
    assert f'<iframe class="frame" src="/embed/?via={code}"' in page
    assert f'<input type="hidden" name="via" value="{code}">' in page
    assert '<meta name="robots" content="noindex">' in page


@pytest.mark.parametrize(
    ("query", "status"),
    [({"via": "2222222222"}, 404), ({"via": "<b>"}, 404), ({"theme": "pink"}, 400)],
)
def test_code_for_nobody_or_for_no_badge_is_refused(client, query, status):
    assert client.get("/embed/code/", query).status_code == status


@pytest.mark.parametrize("many", [2, 20])
def test_what_stands_on_other_sites_costs_the_same_for_few_and_many(
    client, django_assert_num_queries, many
):
    for number in range(many):
        sam = a_supporter(f"{number}@example.org", reason="Why not.", shows_name=True)
        a_member(f"Member {number}")
        Milestone.objects.create(stop=10 + number, total=20, reached_at=timezone.now())
    for address, queries in {
        "/badge.svg": 1,
        "/badge.svg?theme=dark&show=text": 1,
        "/embed/": 1,
        f"/embed/?via={sam.code}": 1,
        "/embed/check-email/": 0,
        "/embed/code/": 0,
        f"/embed/code/?via={sam.code}": 1,
        "/oembed?url=https://million.example/": 0,
        f"/oembed?url=https://million.example{sam.join_path}": 1,
        "/count/milestones/feed/": 1,
        "/count.txt": 1,
    }.items():
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200


def test_every_page_leads_here_and_a_supporters_own_with_their_code(client):
    sam = a_supporter()
    assert 'href="/embed/code/"' in client.get("/faq/").text
    own = client.get(sam.get_absolute_url()).text
    assert f'<a href="/embed/code/?via={sam.code}"><img src="/badge.svg"' in own
    assert "https://million.example/embed/code/" in client.get("/sitemap.xml").text
