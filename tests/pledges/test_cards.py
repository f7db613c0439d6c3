"""The picture that networks show beside a personal link."""

import io
import re
import time

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from PIL import Image, ImageChops

from pledges import cards, counting, invitations, withdrawal
from pledges.models import Tally
from tests.pledges.people import a_pledge, a_supporter, answers
from tests.test_house_front_page import count_stands_at

pytestmark = pytest.mark.django_db
NOBODYS = "2222222222"
NAMES = {
    "Latin": "Łukasz Żółć-O’Brien",
    "Vietnamese": "Đặng Thị Ngọc",
    "Cyrillic": "Сергій Приклад",
    "Greek": "Ελένη Δοκιμή",
    "Arabic": "سامي المثال",
    "emoji": "Zoë 🎉🦊",
    "both directions": "Sam سامي 😀 Sample",
}


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


def card_of(pledge):
    response = Client().get(f"/join/{pledge.code}/card.png")
    assert response.status_code == 200
    return response


def says(pledge):
    return cards.Card.of(invitations.of(pledge.code), Tally.objects.total())


def test_a_card_is_a_small_picture_of_the_size_networks_ask_for():
    response = card_of(a_supporter())
    assert response["Content-Type"] == "image/png"
    picture = Image.open(io.BytesIO(response.content))
    assert picture.size == (1200, 630)
    assert len(response.content) < 60_000
    assert not response.cookies


def test_a_card_says_number_and_total_and_the_name_by_consent_only():
    hidden = a_supporter(name="Bentley Hidden")
    shown = a_supporter("ana@example.org", name="Ana Shown", shows_name=True)
    assert says(hidden) == cards.Card(1, "", 2)
    assert says(shown) == cards.Card(2, "Ana Shown", 2)
    count_stands_at(12_461)
    assert says(shown).alt == (
        "Ana Shown, supporter number 2. One of 12,461 people who say that work should bend."
    )
    assert card_of(hidden).content != card_of(shown).content


def test_hiding_the_name_takes_it_off_the_card(client):
    pledge = a_supporter(name="Ana Shown", shows_name=True)
    before = card_of(pledge)
    client.post(pledge.get_absolute_url(), answers(email=None, name="Ana Shown"))
    after = card_of(pledge)
    assert says(pledge).name == ""
    assert after["ETag"] != before["ETag"]
    assert after.content != before.content


@pytest.mark.parametrize("leave", [withdrawal.withdraw, withdrawal.erase])
def test_whoever_left_has_a_general_card(leave):
    pledge = a_supporter(shows_name=True)
    other = a_supporter("sam@example.org")
    leave(pledge, now=timezone.now())
    counting.fold_all()
    card = says(pledge)
    assert (card.number, card.name) == (None, "")
    assert card.alt == (
        "Life is a balancing act. Work should bend. 1 person says so. Add your name."
    )
    assert card_of(pledge).content != card_of(other).content


def test_unconfirmed_and_quarantined_people_have_no_number_to_show():
    waiting = a_pledge(shows_name=True)
    doubtful = a_supporter("sam@example.org", shows_name=True, quarantined_at=timezone.now())
    for pledge in (waiting, doubtful):
        assert says(pledge) == cards.Card(None, "", 0)
        assert card_of(pledge)


def test_a_card_is_drawn_once_and_again_when_the_total_changed(monkeypatch):
    pledge = a_supporter()
    drawn = []
    monkeypatch.setattr(cards, "draw", lambda card: drawn.append(card.total) or b"png")
    card_of(pledge)
    card_of(pledge)
    assert drawn == [1]
    a_supporter("sam@example.org")
    card_of(pledge)
    assert drawn == [1, 2]


def test_whoever_has_the_card_as_it_is_gets_no_other(client, monkeypatch):
    pledge = a_supporter()
    first = card_of(pledge)
    assert re.fullmatch(r"public, max-age=\d+", first["Cache-Control"])
    monkeypatch.setattr(cards, "draw", lambda _: pytest.fail("drawn for nothing"))
    cache.clear()
    again = client.get(f"/join/{pledge.code}/card.png", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again["Cache-Control"] == first["Cache-Control"]


def test_however_many_cards_are_asked_for_the_cache_stays_bounded(monkeypatch):
    monkeypatch.setattr(cards, "draw", lambda _: b"png")
    for number in range(1, 1000):
        cards.Card(number, "", 1000).png()
    assert len(cache._cache) <= cache._max_entries


def test_a_card_needs_two_queries(client, django_assert_max_num_queries):
    pledge = a_supporter()
    with django_assert_max_num_queries(2):
        client.get(f"/join/{pledge.code}/card.png")


def ink(card):
    """Where the picture differs from the same card without a name."""
    drawn, bare = (
        Image.open(io.BytesIO(cards.draw(one))).convert("RGB")
        for one in (card, cards.Card(card.number, "", card.total))
    )
    return ImageChops.difference(drawn, bare).getbbox()


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_names_of_many_scripts_are_drawn_within_a_tenth_of_a_second(name):
    card = cards.Card(12_409, name, 12_461)
    assert cards.can_be_written(name)
    left, top, right, bottom = ink(card)
    assert right - left > 100
    assert top > 20
    assert bottom < 125
    assert min(seconds_to_draw(card) for _ in range(5)) < 0.1


def seconds_to_draw(card):
    started_at = time.perf_counter()
    cards.draw(card)
    return time.perf_counter() - started_at


def test_joined_letters_are_drawn_joined():
    font = cards._names(52)
    assert font.getlength("سامي") < sum(map(font.getlength, "سامي"))


@pytest.mark.parametrize("name", ["李小龙", "अमित", "Robin 李"])
def test_a_name_beyond_our_letters_is_left_out_rather_than_drawn_as_boxes(name):
    assert not cards.can_be_written(name)
    assert cards.draw(cards.Card(1, name, 2)) == cards.draw(cards.Card(1, "", 2))
    assert name in cards.Card(1, name, 2).alt


def test_without_shaping_only_names_that_need_none_are_written(monkeypatch):
    monkeypatch.setattr(cards.features, "check", lambda _: False)
    assert cards.can_be_written("Сергій Приклад 🎉")
    assert not cards.can_be_written("سامي")


@pytest.mark.parametrize("name", ["Wolfeschlegelstein " * 10, "سامي " * 40, "🎉" * 200, "W" * 200])
def test_the_longest_names_stay_within_the_card(name):
    left, _top, right, bottom = ink(cards.Card(12_409, name.strip(), 12_461))
    assert left >= cards.MARGIN - 5
    assert right <= 1200 - cards.MARGIN + 5
    assert bottom < 125


@pytest.mark.parametrize("number", [1, 12_409, 1_000_000, 2_147_483_647])
def test_numbers_of_any_length_fit(number):
    picture = Image.open(io.BytesIO(cards.draw(cards.Card(number, "", number)))).convert("RGB")
    edge = picture.crop((1200 - cards.MARGIN + 5, 0, 1200, 345))
    assert edge.getcolors() == [(edge.width * edge.height, (255, 206, 46))]
