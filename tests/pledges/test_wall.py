"""What the wall tells, finds and counts; whom it shows is in test_public_pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pledges import counting, voices, wall
from pledges.models import Pledge, Voice
from pledges.views import public
from tests.pledges.people import a_supporter

pytestmark = pytest.mark.django_db


def look(client, **query):
    response = client.get("/supporters/", query)
    assert response.status_code == 200
    return response.text


def heading(page):
    return page.partition('id="list">')[2].partition("</h2>")[0]


def people(many, *, country="CA", shows_name=True, first=0, **facts):
    """Confirmed and counted, in two statements."""
    now = timezone.now()
    rows = [
        Pledge(
            email=f"{country}{number}@example.org",
            email_canonical=f"{country.lower()}{number}@example.org",
            name=f"Person {number:04}",
            country=country,
            shows_name=shows_name,
            created_at=now,
            confirmed_at=now,
            **facts,
        )
        for number in range(first, first + many)
    ]
    Pledge.objects.bulk_create(rows)
    counting.fold_all()


def say(pledge, text, moderator):
    voice = Voice.objects.create(pledge=pledge, text=text, created_at=timezone.now())
    voices.decide(voice, Voice.Status.APPROVED, actor=moderator, now=timezone.now())


def test_search_engines_may_look_but_not_keep(client):
    response = client.get("/supporters/")
    assert response["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in response.text
    assert "/supporters/" not in client.get("/robots.txt").text  # or they would not learn of it
    assert "/supporters/" not in client.get("/sitemap.xml").text


def test_the_lead_tells_how_many_show_their_name(client):
    people(3)
    people(2, country="FR", shows_name=False)
    assert "when their owners ask us to show them: 3 so far." in look(client)


@pytest.mark.parametrize("filters", [{}, {"country": "CA"}, {"kind": "remote"}])
def test_every_page_of_a_filter_tells_the_same_count(client, filters):
    people(30, flexibility=["remote"])
    people(2, country="FR")
    expected = 32 if not filters else 30
    assert f"{expected} supporters shown" in heading(look(client, **filters))
    assert f"{expected} supporters shown" in heading(look(client, after=9, **filters))


def test_the_count_of_a_filter_is_stored_and_not_counted(client):
    people(30, flexibility=["remote"])
    with CaptureQueriesContext(connection) as queries:
        look(client, country="CA", kind="remote")
    assert not any("COUNT(" in query["sql"].upper() for query in queries)


def test_words_are_found_without_accents_and_case_in_any_order(client):
    a_supporter(name="Zoë Ångström", shows_name=True)
    for words in ("zoe", "ANGSTROM", "angstrom zoe", "å", "zo"):
        assert "One supporter shown" in heading(look(client, q=words)), words
    for words in ("o", "ng", "zoe xavier", "%", "_"):
        assert "0 supporters shown" in heading(look(client, q=words)), words
    assert "One supporter shown" in heading(look(client, q="ngst"))


def test_a_reason_is_found_once_it_is_approved(client, admin_user):
    pledge = a_supporter(name="Bentley Hidden")
    assert "Nobody found." in look(client, q="tides")
    say(pledge, "Tides wait for nobody.", admin_user)
    assert "One supporter shown" in heading(look(client, q="tides"))
    Voice.objects.update(status="declined")
    assert "Nobody found." in look(client, q="tides")


def test_a_find_in_name_and_reason_is_one_find(client, admin_user):
    say(a_supporter(name="Robin Tides", shows_name=True), "Tides wait for nobody.", admin_user)
    assert "One supporter shown" in heading(look(client, q="tides"))


def test_words_that_very_many_share_are_counted_at_least(client, monkeypatch):
    monkeypatch.setattr(wall, "MOST_COUNTED", 40)
    monkeypatch.setattr(wall, "NEWEST_READ", 30)
    people(50)
    people(5, country="FR")
    assert "At least 30 supporters shown" in heading(look(client, q="person"))
    assert "5 supporters shown" in heading(look(client, q="person", country="FR"))
    assert "At least" not in heading(look(client, q="person", country="FR"))


def test_pages_lead_to_every_find_however_many_share_the_words(client, monkeypatch):
    monkeypatch.setattr(wall, "MOST_COUNTED", 10)
    monkeypatch.setattr(wall, "NEWEST_READ", 30)
    people(40)
    Pledge.objects.update(name="Somebody Else")
    Pledge.objects.filter(number__lte=12).update(name="Person")
    found, after, pages = 0, {}, 0
    while after is not None:
        page = look(client, q="person", **after)
        found += page.count('<b dir="auto">Person</b>')
        pages += 1
        _before, follows, rest = page.partition("&amp;after=")
        after = {"after": rest.partition('"')[0]} if follows else None
    assert (found, pages) == (12, 2)


def test_countries_are_bars_and_small_groups_are_elsewhere(client):
    people(6)
    people(4, country="FR", shows_name=False)
    people(1, country="DE")
    bars = look(client).partition('id="where"')[2]
    assert '<span>Canada</span><span class="num">5</span>' in bars
    assert '<span>Elsewhere</span><span class="num">6</span>' in bars
    assert "France" not in bars


def test_only_the_largest_countries_are_named(client, monkeypatch):
    monkeypatch.setattr(public, "COUNTRIES", 1)
    people(10)
    people(5, country="FR")
    bars = look(client).partition('id="where"')[2]
    assert '<span>Elsewhere</span><span class="num">5</span>' in bars


def plan_of(client, without, **query):
    """How the queries of a page are answered, without what is as good for few people."""
    with CaptureQueriesContext(connection) as queries:
        look(client, **query)
    lines = []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("ALTER TABLE pledges_pledge DROP CONSTRAINT pledges_pledge_number_key")
        for index in without:
            cursor.execute(f"DROP INDEX {index}")
        for captured in queries:
            cursor.execute("EXPLAIN " + captured["sql"].replace("%", "%%"), [])
            lines += [line for (line,) in cursor.fetchall()]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ({}, "pledge_listed"),
        ({"after": 30}, "pledge_listed"),
        ({"kind": "remote"}, "pledge_listed"),
        ({"country": "CA"}, "pledge_listed_by_country"),
        ({"country": "CA", "kind": "remote"}, "pledge_listed_by_country"),
    ],
)
def test_a_page_is_read_in_the_order_of_an_index(client, query, index):
    people(40, flexibility=["remote"])
    other = {"pledge_listed", "pledge_listed_by_country", "pledge_to_fold"} - {index}
    plan = plan_of(client, ["pledge_shown_words", *other], **query)
    assert f"using {index} on pledges_pledge" in plan
    assert "Seq Scan" not in plan


@pytest.mark.parametrize("words", ["person 0007", "x"])
def test_words_are_found_by_an_index(client, words):
    people(3)
    plan = plan_of(
        client,
        ["pledge_listed", "pledge_listed_by_country", "pledge_to_fold", "voice_status_newest"],
        q=words,
    )
    assert "Bitmap Index Scan on pledge_shown_words" in plan
    assert "Bitmap Index Scan on voice_words" in plan
    assert "Seq Scan" not in plan
