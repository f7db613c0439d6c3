from datetime import timedelta

import pytest
from django.utils import timezone

from blog.models import Author, Post
from coalition.models import Member
from pledges.models import Tally, Voice
from tests.pledges.people import a_pledge, a_supporter

pytestmark = pytest.mark.django_db


def count_stands_at(total, **countries):
    """Stored counts as the fold would leave them, without a million rows."""
    Tally.objects.update_or_create(scope="total", key="", defaults={"value": total})
    for code, value in countries.items():
        Tally.objects.update_or_create(scope="country", key=code, defaults={"value": value})


def a_member(name="Example Co.", status=Member.Status.APPROVED, **facts):
    now = timezone.now()
    return Member.objects.create(
        name=name,
        slug=name.lower().replace(" ", "-").replace(".", ""),
        kind=Member.Kind.COMPANY,
        status=status,
        website="https://example.com/",
        country="CA",
        statement="We bend.",
        contact_name="Robin",
        contact_role="HR",
        contact_email="robin@example.com",
        authority_confirmed_at=now,
        created_at=now,
        **{"approved_at": now, **facts},
    )


def a_post(title="A picture of balance", **facts):
    author, _created = Author.objects.get_or_create(name="Founder", slug="founder")
    return Post.objects.create(
        title=title,
        slug=title.lower().replace(" ", "-"),
        excerpt="How it began.",
        author=author,
        **{
            "status": Post.Status.PUBLISHED,
            "published_at": timezone.now() - timedelta(days=1),
            **facts,
        },
    )


def words_of(answer):
    return " ".join(answer.content.decode().split())


def test_the_first_visitor_is_asked_to_be_the_first(client):
    page = words_of(client.get("/"))
    assert "Be the first." in page
    assert "be number 1<" in page
    assert "None is in place yet" in page
    assert "to scale: 0%" in page
    assert '<progress value="0" max="10"' in page


def test_one_supporter_is_a_person(client):
    count_stands_at(1, CA=1)
    page = words_of(client.get("/"))
    assert "person so far" in page
    assert "People in one country" in page
    assert "One dot is 1 person." in page


def test_three_hundred_supporters_fill_two_zeros_and_three_dots(client):
    count_stands_at(300, US=180, CA=120)
    page = words_of(client.get("/"))
    assert "Two are in place; we are filling the third." in page
    assert "A field of 10,000 dots. Filled: 3." in page
    assert "to scale: 0.03%" in page
    assert "One dot is 10 people." in page
    assert 'data-count-url="/count.json"' in page


@pytest.mark.parametrize(
    ("total", "shown", "percent"),
    [(1_000_000, "1,000,000", "100%"), (10_000_000, "10,000,000", "1,000%")],
)
def test_the_goal_and_what_is_beyond_it_are_celebrated(client, total, shown, percent):
    count_stands_at(total, US=total)
    page = words_of(client.get("/"))
    assert f"<span>{shown}</span>" in page
    assert "We did it." in page
    assert "All six are in place." in page
    assert f"to scale: {percent}" in page
    assert '<progress value="1000000" max="1000000"' in page


def test_a_goal_almost_reached_is_not_called_reached(client):
    count_stands_at(999_999)
    page = words_of(client.get("/"))
    assert "We did it." not in page
    assert "All six are in place." not in page
    assert "to scale: 99%" in page


def test_six_countries_are_named_and_the_rest_is_one_row(client):
    count_stands_at(55, US=12, CA=10, GB=9, DE=6, IN=5, AU=5, BR=5, FR=3)
    page = words_of(client.get("/")).partition('id="where-title"')[2]
    assert "People in 8 countries" in page
    assert 'United States of America</span><span class="num">10<' in page
    assert "Australia" in page
    assert "India" not in page  # one of four with as many, and two places
    assert "Brazil" in page
    assert "Germany" in page
    assert "France" not in page
    assert 'Elsewhere</span><span class="num">15<' in page


def test_only_approved_voices_of_people_who_stand_are_heard(client):
    a_supporter()
    pledge = a_supporter("kim@example.org", name="Kim Example", shows_name=True)
    Voice.objects.create(
        pledge=pledge,
        text="Trust is <b>cheaper</b> than desks.",
        status=Voice.Status.APPROVED,
        created_at=timezone.now(),
    )
    a_pledge("waiting@example.org", reason="Not read by anyone yet.")
    page = words_of(client.get("/"))
    assert "Trust is &lt;b&gt;cheaper&lt;/b&gt; than desks." in page
    assert "Kim Example" in page
    assert "Not read by anyone yet." not in page


def test_only_approved_members_and_published_posts_appear(client):
    a_member()
    a_member("Waiting Ltd", Member.Status.PENDING)
    a_post()
    a_post("Not yet", published_at=timezone.now() + timedelta(days=1))
    page = words_of(client.get("/"))
    assert "Example Co." in page
    assert "See our 1 member<" in page
    assert "Waiting Ltd" not in page
    assert "A picture of balance" in page
    assert "Not yet" not in page


@pytest.mark.parametrize("amount", [2, 20])
def test_the_front_page_needs_twelve_queries_whatever_stands_on_it(
    client, django_assert_max_num_queries, amount
):
    for number in range(amount):
        a_member(f"Member {number}")
        a_post(f"Post {number}")
        Voice.objects.create(
            pledge=a_supporter(f"s{number}@example.org"),
            text="Because.",
            status=Voice.Status.APPROVED,
            created_at=timezone.now(),
        )
    with django_assert_max_num_queries(12):
        client.get("/")


def test_a_friends_link_leads_to_the_front_page_and_is_kept_in_the_form(client):
    supporter = a_supporter()
    answer = client.get(f"/join/{supporter.code}/")
    page = words_of(answer)
    assert answer.status_code == 200
    assert f'name="via" value="{supporter.code}"' in page
    assert '<meta name="robots" content="noindex">' in page
    assert '<link rel="canonical" href="http://127.0.0.1:8000/">' in page


def test_a_members_link_leads_to_the_front_page_only_once_it_is_approved(client):
    assert client.get(f"/join/{a_member().code}/").status_code == 200
    waiting = a_member("Waiting Ltd", Member.Status.PENDING)
    assert client.get(f"/join/{waiting.code}/").status_code == 404


@pytest.mark.parametrize("code", ["2222222222", "x", "%F0%9F%98%80", "a" * 300])
def test_a_link_of_nobody_is_not_found(client, code):
    assert client.get(f"/join/{code}/").status_code == 404
