import pytest
from django.utils import timezone

from pledges import voices
from pledges.models import Pledge, Voice
from pledges.wall import PAGE_SIZE
from tests.pledges.people import a_pledge, a_supporter

pytestmark = pytest.mark.django_db


def wall(client, **query):
    response = client.get("/supporters/", query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_wall_shows_who_asked_to_be_shown_and_nobody_else(client):
    a_supporter("ana@example.org", name="Ana Shown", shows_name=True)
    a_supporter("ben@example.org", name="Bentley Hidden")
    a_pledge("chris@example.org", name="Chris Unconfirmed", shows_name=True)
    gone = a_supporter("dee@example.org", name="Dee Gone", shows_name=True)
    Pledge.objects.filter(pk=gone.pk).update(withdrawn_at=timezone.now())
    page = wall(client)
    assert "Ana Shown" in page
    for name in ("Bentley", "Unconfirmed", "Dee Gone"):
        assert name not in page


def test_an_approved_voice_of_a_hidden_name_is_a_supporters(client, admin_user):
    a_supporter(name="Bentley Hidden", reason="Tides wait for nobody.")
    assert "Tides" not in wall(client)
    voices.decide(Voice.objects.get(), "approved", actor=admin_user, now=timezone.now())
    page = wall(client)
    assert "Tides wait for nobody." in page
    assert "A supporter" in page
    assert "Bentley" not in page
    assert "Tides wait for nobody." in client.get("/").content.decode()
    voices.decide(Voice.objects.get(), "declined", actor=admin_user, now=timezone.now())
    assert "Tides" not in wall(client)


def test_the_wall_is_filtered_by_country_kind_and_words(client):
    a_supporter(
        "a@example.org", name="Ana One", shows_name=True, country="CA", flexibility=["remote"]
    )
    a_supporter(
        "b@example.org", name="Ben Two", shows_name=True, country="FR", flexibility=["freelance"]
    )
    assert "Ben Two" not in wall(client, country="CA")
    assert "Ana One" not in wall(client, kind="freelance")
    assert "Ana One" not in wall(client, q="two")
    assert "Ben Two" in wall(client, q="two", country="FR", kind="freelance")
    assert "Nobody found." in wall(client, q="three")


def test_a_hidden_name_cannot_be_searched_for(client, admin_user):
    a_supporter(name="Bentley Hidden", reason="Tides.")
    voices.decide(Voice.objects.get(), "approved", actor=admin_user, now=timezone.now())
    assert "Nobody found." in wall(client, q="Bentley")


def test_pages_of_the_wall_follow_each_other_without_loss_or_repetition(client):
    for number in range(PAGE_SIZE + 3):
        a_supporter(f"{number}@example.org", name=f"Person {number:03}", shows_name=True)
    first = wall(client)
    assert "Person 026" in first
    assert "Person 002" not in first
    second = wall(client, after=4)
    assert all(f"Person {number:03}" in second for number in (0, 1, 2))
    assert 'href="?after=4"' in first
    assert "Person 003" not in second
    assert 'rel="next"' not in second


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"country": "XX"}, 404),
        ({"kind": "gravity"}, 404),
        ({"after": "x"}, 400),
        ({"after": "99999999999"}, 400),
        ({"q": "n" * 101}, 400),
        ({"q": "a\x00b"}, 400),
    ],
)
def test_filters_that_do_not_exist_are_refused(client, query, status):
    assert client.get("/supporters/", query).status_code == status


@pytest.mark.parametrize("many", [2, 20])
def test_the_wall_costs_the_same_for_few_and_many(client, django_assert_max_num_queries, many):
    for number in range(many):
        a_supporter(f"{number}@example.org", shows_name=True, reason="Why not.")
    with django_assert_max_num_queries(6):
        client.get("/supporters/")


def test_a_friends_link_opens_the_front_page_and_fills_in_who_invited(client):
    sam = a_supporter("sam@example.org", name="Samantha Hidden")
    page = client.get(f"/join/{sam.code}/")
    assert page.status_code == 200
    assert f'name="via" value="{sam.code}"' in page.content.decode()
    assert "Samantha" not in page.content.decode()
    assert client.get("/join/2222222222/").status_code == 404
    assert client.get("/join/x/").status_code == 404


def test_the_link_of_somebody_who_left_still_welcomes_friends(client):
    sam = a_supporter("sam@example.org")
    client.post(f"{sam.get_absolute_url()}erase/")
    assert client.get(f"/join/{sam.code}/").status_code == 200
