from urllib.parse import urlencode

import pytest
from django.utils import timezone

from coalition.models import Member
from coalition.search import NEAR_MOST
from tests.coalition.cast import a_member, an_applicant

pytestmark = pytest.mark.django_db


def names_on(client, query=""):
    return [member.name for member in client.get(f"/coalition/{query}").context["page"]]


def test_members_hang_in_alphabetical_order_whatever_case_and_accent(client):
    for name in ("Zebra Sample", "élan sample", "Example Co.", "Ångström Sample", "aardvark"):
        a_member(name, slug=f"m-{Member.objects.count()}")
    assert names_on(client) == [
        "aardvark",
        "Ångström Sample",
        "élan sample",
        "Example Co.",
        "Zebra Sample",
    ]


@pytest.mark.parametrize("status", ["pending", "declined", "lapsed"])
def test_only_approved_members_are_public(client, status):
    member = an_applicant(status=status, approved_at=timezone.now())
    assert names_on(client) == []
    assert names_on(client, "?q=example") == []
    assert client.get(member.get_absolute_url()).status_code == 404
    assert member.slug not in client.get("/sitemap.xml").text


def test_kinds_have_tabs_with_counts(client):
    a_member("Sample Works")
    a_member("Example Co.")
    a_member("Alex Example", kind="leader")
    page = client.get("/coalition/?kind=leader")
    tabs = [(str(tab.label), tab.count, tab.is_current) for tab in page.context["directory"].tabs()]
    assert tabs == [("All", 3, False), ("Companies", 2, False), ("Business leaders", 1, True)]
    assert names_on(client, "?kind=leader") == ["Alex Example"]
    assert names_on(client, "?kind=academic") == []


def test_filters_work_together_and_are_kept_by_the_links(client):
    a_member("Example Co.", country="CA")
    a_member("Example Works", country="FR")
    a_member("Alex Example", kind="leader", country="FR")
    assert names_on(client, "?country=FR") == ["Alex Example", "Example Works"]
    assert names_on(client, "?country=FR&kind=company&q=example") == ["Example Works"]
    page = client.get("/coalition/?country=FR&q=example&page=1").text
    assert 'href="/coalition/?country=FR&amp;q=example&amp;kind=leader"' in page
    assert '<option value="FR" selected>France</option>' in page


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("zurich", "Café Zürich"),
        ("CAFÉ", "Café Zürich"),
        ("cafe zuerich", "Café Zürich"),
        ("zurihc", "Café Zürich"),
        ("zrich", "Café Zürich"),
        ("placehodler", "Placeholder Labs"),
        ("plceholder", "Placeholder Labs"),
        ("laceholder la", "Placeholder Labs"),
        ("lpaceholder", "Placeholder Labs"),
        ("qutie", "Quite Other"),
        ("100%", "100% Sample"),
        ("株式", "株式会社サンプル"),
    ],
)
def test_a_search_forgives_case_accents_and_typos(client, words, found):
    for number, name in enumerate(
        ("Café Zürich", "Placeholder Labs", "100% Sample", "株式会社サンプル", "Quite Other")
    ):
        a_member(name, slug=f"m-{number}")
    assert names_on(client, f"?{urlencode({'q': words})}")[0] == found
    assert len(names_on(client, f"?{urlencode({'q': words})}")) == 1


def test_the_nearest_name_comes_first(client):
    a_member("Simple Works")
    a_member("Sample Works")
    assert names_on(client, "?q=sample")[0] == "Sample Works"


@pytest.mark.parametrize("words", ["acmee works", "came works"])
def test_a_misspelt_search_finds_the_nearest_names_however_many_are_near(client, words):
    """One word of two is that of hundreds of others, of which only so many are looked at."""
    listed = [a_member(f"Sample Works {number}") for number in range(NEAR_MOST + 10)]
    a_member("Acme Works", slug="acme", country="FR")
    an_applicant("Acme Works", slug="applicant")
    found = client.get("/coalition/", {"q": words}).context["directory"]
    assert names_on(client, f"?{urlencode({'q': words})}")[0] == "Acme Works"
    assert found.count <= NEAR_MOST < len(listed)
    assert names_on(client, f"?{urlencode({'q': 'wroks', 'country': 'FR'})}") == ["Acme Works"]
    assert names_on(client, f"?{urlencode({'q': 'worcs', 'country': 'FR'})}") == ["Acme Works"]


@pytest.mark.parametrize(
    "words", ["%", "_", "\\", "'", "((", "\u202e", "\ufffd", "x" * 5000, "-", "😀"]
)
def test_no_search_is_an_error(client, words):
    a_member()
    response = client.get("/coalition/", {"q": words})
    assert response.status_code == 200
    assert "Clear filters" in response.text
    assert len(response.context["page"]) == 0


@pytest.mark.parametrize(
    "query",
    [
        "?kind=cat",
        "?country=ZZ",
        "?country=fr",
        "?page=0",
        "?page=2",
        "?page=x",
        "?page=-1",
        "?page=",
    ],
)
def test_what_does_not_exist_is_404(client, query):
    a_member()
    assert client.get(f"/coalition/{query}").status_code == 404


def test_an_empty_wall_invites(client):
    assert "Yours can be the first name" in client.get("/coalition/").text


def test_the_wall_has_pages(client):
    for number in range(50):
        a_member(f"Sample {number:02}")
    assert names_on(client, "?page=3") == ["Sample 48", "Sample 49"]
    assert client.get("/coalition/?page=2").text.count('class="tile"') == 24


@pytest.mark.parametrize("members", [2, 20])
@pytest.mark.parametrize("query", ["", "?q=sample&kind=company&country=CA"])
def test_the_wall_takes_few_queries_however_full(
    client, members, query, django_assert_max_num_queries
):
    for number in range(members):
        a_member(f"Sample {number}")
    with django_assert_max_num_queries(6):
        assert len(names_on(client, query)) == members


def test_a_member_has_a_page_with_what_they_said_and_nothing_private(client):
    a_member(
        flexibility=["part_time", "remote"],
        statement="First.\n\nSecond & last.",
        contact_email="secret@example.org",
        contact_name="Secret Person",
        approved_at=timezone.datetime(2030, 7, 2, tzinfo=timezone.get_default_timezone()),
    )
    page = client.get("/coalition/example-co/").text
    assert "<p>First.</p>" in page
    assert "Second &amp; last." in page
    assert page.index("Remote work") < page.index("Part-time")
    assert '<time datetime="2030-07-02">' in page
    assert "Canada" in page
    assert '<a href="https://www.example.org/" rel="nofollow noopener ugc">example.org</a>' in page
    assert "ecret" not in page


def test_a_member_page_takes_two_queries(client, django_assert_num_queries):
    a_member()
    with django_assert_num_queries(2):
        client.get("/coalition/example-co/")


def test_a_logo_hangs_with_its_size_and_initials_hang_where_there_is_none(client):
    a_member("Logo Sample", logo="logos/x.webp", logo_alt="Wheels", logo_width=600, logo_height=300)
    a_member("Plain sample Works")
    page = client.get("/coalition/").text
    assert 'srcset="/media/logos/x-1x.webp 1x, /media/logos/x.webp 2x"' in page
    assert '<img src="/media/logos/x-1x.png" srcset="/media/logos/x.png 2x"' in page
    assert 'width="300" height="150" alt=""' in page
    assert '<span class="ball" aria-hidden="true">PS</span>' in page
    assert 'alt="Wheels"' in client.get("/coalition/logo-sample/").text


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Example Co.", "EC"),
        ("example", "E"),
        ("Mock & Partners", "MP"),
        ("株式会社", "株"),
        ("😀", "😀"),
    ],
)
def test_initials_are_the_first_letters_of_two_words(name, initials):
    assert Member(name=name).initials == initials


def test_names_cannot_break_out_of_the_page(client):
    a_member('"><script>alert(1)</script>', slug="x", statement="<script>alert(2)</script>")
    for path in ("/coalition/", "/coalition/x/", "/coalition/?q=<script>alert(3)</script>"):
        assert "<script>alert" not in client.get(path).text
