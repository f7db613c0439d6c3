"""Where people come from: the utm_source of the link they followed."""

import pytest

from pledges import counting, recounting
from pledges.models import Pledge, Tally
from tests.pledges.people import a_supporter, answers

pytestmark = pytest.mark.django_db


def sign(client, page, **changes):
    return client.post(
        "/pledge/", answers(**changes), headers={"referer": f"http://testserver{page}"}
    )


@pytest.mark.parametrize(
    ("page", "source"),
    [
        ("/?utm_source=newsletter-12", "newsletter-12"),
        ("/join/abcdefghjk/?utm_medium=mail&utm_source=Friends_and.family", "friends_and.family"),
        ("/pledge/", ""),
        ("/?utm_source=", ""),
        ("/?utm_source=two%20words", ""),
        ("/?utm_source=%3Cb%3E", ""),
        ("/?utm_source=" + "x" * 41, ""),
        ("/?utm_source=%00", ""),
        ("/?" + "&".join(f"a{number}=1" for number in range(100)) + "&utm_source=x", ""),
    ],
)
def test_the_link_that_people_followed_is_kept_where_it_is_a_plain_word(client, page, source):
    sign(client, page)
    assert Pledge.objects.get().source == source


@pytest.mark.parametrize("referer", ["https://elsewhere.example/?utm_source=x", "http://[", ""])
def test_pages_of_others_say_nothing(client, referer):
    client.post("/pledge/", answers(), headers={"referer": referer})
    assert Pledge.objects.get().source == ""


def test_a_form_that_comes_back_with_errors_still_knows(client):
    page = sign(client, "/?utm_source=newsletter", country="").content.decode()
    assert 'action="/pledge/?utm_source=newsletter#sign"' in page
    client.post("/pledge/?utm_source=newsletter", answers(), headers={"referer": "/pledge/"})
    assert Pledge.objects.get().source == "newsletter"


def test_standing_supporters_are_tallied_by_source():
    a_supporter(source="newsletter")
    gone = a_supporter("sam@example.org", source="newsletter")
    a_supporter("ana@example.org")
    assert Tally.objects.value("source", "newsletter") == 2
    Pledge.objects.filter(pk=gone.pk).update(withdrawn_at=gone.confirmed_at)
    counting.fold_all()
    assert Tally.objects.value("source", "newsletter") == 1
    assert recounting.drift() == []
