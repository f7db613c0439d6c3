"""How a pledge spreads: whose friend somebody is, QR codes, posters and what networks show."""

import io
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from coalition.models import Member
from common import tokens
from pledges import cards, counting, invitations, recounting, withdrawal
from pledges.models import Pledge
from tests.pledges.people import a_supporter, answers
from tests.test_house_front_page import a_member

pytestmark = pytest.mark.django_db
NOBODYS = "2222222222"


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


# Friends


def sign(via, **changes):
    Client().post("/pledge/", answers(via=via.code, **changes))
    return Pledge.objects.live().get(email=answers(**changes)["email"])


def withdraw(pledge):
    withdrawal.withdraw(pledge, now=timezone.now())
    counting.fold_all()


def test_nobody_is_a_friend_of_their_own_after_signing_again():
    before = a_supporter()
    withdraw(before)
    again = sign(before)
    assert again != before
    assert again.referrer is None


@pytest.mark.parametrize("address", ["ROBIN@example.org", "robin+again@example.org"])
def test_nor_through_another_spelling_of_the_same_address(address):
    own = a_supporter()
    Client().post("/pledge/", answers(email=address, via=own.code))
    assert Pledge.objects.get().referrer is None
    withdraw(own)
    assert sign(own, email=address).referrer is None


def test_whoever_signs_again_through_those_they_brought_closes_no_loop():
    robin = a_supporter()
    sam = a_supporter("sam@example.org", referrer=robin)
    ana = a_supporter("ana@example.org", referrer=sam)
    withdraw(robin)
    assert sign(ana).referrer is None
    assert sign(ana, email="new@example.org").referrer == ana
    assert recounting.drift() == []


@pytest.mark.django_db(transaction=True)
def test_nor_while_the_withdrawal_is_still_going_on():
    own = a_supporter()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            withdrawal.withdraw(own, now=timezone.now())
            again = pool.submit(sign_in_another_connection, own)
            wait_until_somebody_waits_for_us()
        assert again.result().referrer is None


def sign_in_another_connection(via):
    try:
        return sign(via)
    finally:
        connection.close()


def wait_until_somebody_waits_for_us():
    give_up_at = time.monotonic() + 3
    with connection.cursor() as cursor:
        while time.monotonic() < give_up_at:
            cursor.execute(
                """SELECT count(*) FROM pg_locks
                    WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"""
            )
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    pytest.fail("the sign-up did not wait for the withdrawal")


def test_who_came_through_whom_is_set_when_signing_and_never_again():
    robin = a_supporter()
    sam = a_supporter("sam@example.org", referrer=robin)
    Client().post("/pledge/", answers(via=sam.code))
    Client().post(robin.get_absolute_url(), {**answers(email=None), "via": sam.code})
    robin.refresh_from_db()
    assert robin.referrer is None


def test_a_long_chain_of_friends_costs_a_newcomer_a_look_back_of_fixed_length(
    django_assert_max_num_queries,
):
    last = None
    for number in range(30):
        last = a_supporter(f"{number}@example.org", referrer=last)
    with django_assert_max_num_queries(8):
        assert sign(last).referrer == last


# QR codes


def test_the_qr_code_is_a_file_for_the_web_and_one_for_print(client, settings):
    settings.SITE_URL = "https://million.example"
    sam = a_supporter()
    svg = client.get(f"/join/{sam.code}/qr.svg")
    assert svg["Content-Type"] == "image/svg+xml"
    assert b"<svg" in svg.content
    png = client.get(f"/join/{sam.code}/qr.png")
    assert png["Content-Type"] == "image/png"
    width, height = Image.open(io.BytesIO(png.content)).size
    assert width == height > 700
    for response in (svg, png):
        assert "public" in response["Cache-Control"]
        assert not response.cookies
        again = client.get(response.wsgi_request.path, headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304


def test_a_coalition_members_link_has_a_code_and_a_general_card(client):
    member = a_member()
    assert client.get(f"/join/{member.code}/qr.png").status_code == 200
    assert invitations.of(member.code).number is None
    assert client.get(f"/join/{member.code}/card.png").status_code == 200
    Member.objects.update(status=Member.Status.DECLINED)
    assert client.get(f"/join/{member.code}/card.png").status_code == 404


@pytest.mark.parametrize("what", ["qr.svg", "qr.png", "card.png"])
@pytest.mark.parametrize("code", [NOBODYS, "x", "%00", "aa%20bb", "a" * 300])
def test_made_up_codes_are_refused_before_anything_is_drawn(client, monkeypatch, what, code):
    def draw(*_):
        pytest.fail("drawn for nobody")

    monkeypatch.setattr(cards, "draw", draw)
    assert client.get(f"/join/{code}/{what}").status_code in (400, 404)


@pytest.mark.parametrize("what", ["qr.svg", "qr.png", "card.png"])
def test_pictures_can_only_be_looked_at(client, what):
    assert client.post(f"/join/{a_supporter().code}/{what}").status_code == 405


# What networks show


def meta(page):
    return dict(
        re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)"', page)
    )


def test_a_personal_link_is_shown_with_its_card(client, settings):
    settings.SITE_URL = "https://million.example"
    pledge = a_supporter(name="Ana <Shown>", shows_name=True)
    found = meta(client.get(f"/join/{pledge.code}/").text)
    card = f"https://million.example/join/{pledge.code}/card.png"
    assert (found["og:image"], found["twitter:image"]) == (card, card)
    assert found["og:url"] == f"https://million.example/join/{pledge.code}/"
    assert found["og:image:alt"].startswith("Ana &lt;Shown&gt;, supporter number 1.")
    assert found["twitter:image:alt"] == found["og:image:alt"]
    assert found["twitter:card"] == "summary_large_image"
    assert (found["og:image:width"], found["og:image:height"]) == ("1200", "630")


def test_a_hidden_name_is_in_no_tag(client):
    pledge = a_supporter(name="Bentley Hidden")
    assert "Bentley" not in client.get(f"/join/{pledge.code}/").text


@pytest.mark.parametrize(
    "address",
    ["/", "/pledge/", "/supporters/", "/count/", "/coalition/", "/blog/", "/about/", "/faq/"],
)
def test_every_public_page_tells_networks_what_it_shows(client, address):
    found = meta(client.get(address).text)
    for needed in ("og:title", "og:description", "og:url", "og:type", "og:image", "og:image:alt"):
        assert found[needed], needed
    for needed in ("twitter:card", "twitter:title", "twitter:description", "twitter:image:alt"):
        assert found[needed], needed


def test_pages_with_a_token_are_told_to_no_network(client):
    pledge = a_supporter()
    for address in (pledge.get_absolute_url(), f"{pledge.get_absolute_url()}poster/"):
        assert meta(client.get(address).text) == {}


# The own page and the poster


def test_the_own_page_hands_over_link_codes_and_posters(client):
    pledge = a_supporter()
    page = client.get(pledge.get_absolute_url()).text
    for needed in (
        f'href="/join/{pledge.code}/qr.svg" download=',
        f'href="/join/{pledge.code}/qr.png" download=',
        f'href="{pledge.get_absolute_url()}poster/"',
        f'href="{pledge.get_absolute_url()}poster/?size=letter"',
        "data-native-share",
        "mailto:?subject=",
        "https://wa.me/",
        "https://www.linkedin.com/sharing/share-offsite/",
        "https://x.com/intent/post",
        "https://www.facebook.com/sharer/",
        "https://bsky.app/intent/compose",
    ):
        assert needed in page, needed
    token = pledge.token("mine")[tokens.CODE_LENGTH :]
    shared = re.findall(r'href="((?:https:|mailto:)[^"]+)" rel="noopener"', page)
    assert len(shared) == 6
    assert all(pledge.code in link for link in shared)
    assert not any(token in link for link in shared)


@pytest.mark.parametrize(
    ("query", "paper"), [("", "a4"), ("?size=a4", "a4"), ("?size=letter", "letter")]
)
def test_the_poster_comes_in_two_papers_and_is_kept_by_no_cache(client, query, paper):
    pledge = a_supporter(name="Ana Shown", shows_name=True)
    response = client.get(f"{pledge.get_absolute_url()}poster/{query}")
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert ("css/poster-letter.css" in response.text) == (paper == "letter")
    assert "Ana Shown" in response.text
    assert f"/join/{pledge.code}/" in response.text
    assert " style=" not in response.text


def test_the_poster_names_nobody_who_hides_their_name(client):
    pledge = a_supporter(name="Bentley Hidden")
    assert "Bentley" not in client.get(f"{pledge.get_absolute_url()}poster/").text


def test_a_poster_on_other_paper_or_by_another_link_is_not_found(client):
    address = f"{a_supporter().get_absolute_url()}poster/"
    assert client.get(f"{address}?size=a0").status_code == 404
    assert client.get("/pledge/mine/broken/poster/").status_code == 404
    assert client.post(address).status_code == 405
