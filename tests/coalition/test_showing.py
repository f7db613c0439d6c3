"""Members in public: plain list, data, featured ones, sizes of logos."""

import csv
import io
import json
import re

import pytest
from django.utils import timezone
from PIL import Image

from coalition import logos
from coalition.models import Member
from tests.coalition.cast import (
    ADMIN,
    APPLY,
    a_member,
    a_moderator,
    an_applicant,
    answers,
    picture,
    uploaded,
)

pytestmark = pytest.mark.django_db
PRIVATE = {"contact_name": "Private Person", "contact_email": "private@example.org"}


def test_a_plain_list_says_the_same_as_the_wall_and_keeps_the_filters(client):
    for number in range(30):
        a_member(f"Sample {number:02}", country="FR")
    page = client.get("/coalition/?view=list&country=FR")
    assert len(page.context["page"]) == 30
    assert "<img" not in page.text.partition('<table class="table">')[2].partition("</table>")[0]
    assert 'name="view" value="list"' in page.text
    assert 'href="/coalition/?country=FR"' in page.text
    assert 'href="/coalition/?view=list"' in client.get("/coalition/").text


def test_members_are_to_be_had_as_data_without_anything_private(client):
    a_member("Example Co.", flexibility=["remote", "part_time"], size="10-49", **PRIVATE)
    an_applicant("Hidden", **PRIVATE)
    answer = client.get("/coalition/members.json")
    (row,) = answer.json()["members"]
    assert (row["name"], row["size"], row["country"]) == ("Example Co.", "10-49", "CA")
    assert row["flexibility"] == ["remote", "part_time"]
    assert answer["Access-Control-Allow-Origin"] == "*"
    text = client.get("/coalition/members.csv").text
    (line,) = csv.DictReader(io.StringIO(text))
    assert line["flexibility"] == "remote part_time"
    assert set(line) == set(row)
    assert "rivate" not in text + answer.text


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_a_spreadsheet_runs_nothing(client, name):
    a_member(name, slug="x")
    (line,) = csv.DictReader(io.StringIO(client.get("/coalition/members.csv").text))
    assert line["name"] == f"'{name}"


@pytest.mark.parametrize("path", ["/coalition/members.csv", "/coalition/members.json"])
def test_data_take_one_query(client, path, django_assert_num_queries):
    for number in range(5):
        a_member(f"Sample {number}")
    with django_assert_num_queries(1):
        client.get(path)


@pytest.mark.parametrize(
    ("kind", "as_type"),
    [
        ("company", "Organization"),
        ("nonprofit", "NGO"),
        ("academic", "EducationalOrganization"),
        ("leader", "Person"),
    ],
)
def test_search_engines_are_told_what_a_member_is(client, kind, as_type):
    a_member(kind=kind, statement="</script><b>&", **PRIVATE)
    page = client.get("/coalition/example-co/").text
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    described = json.loads(found)
    assert (described["@type"], described["name"]) == (as_type, "Example Co.")
    assert described["description"] == "</script><b>&"
    assert "rivate" not in found


def test_staff_feature_members_and_they_come_first_on_the_home_page(client):
    client.force_login(a_moderator())
    old = a_member("Old Sample", approved_at=timezone.now() - timezone.timedelta(days=900))
    waits = an_applicant("Waits")
    for number in range(8):
        a_member(f"New {number}")
    assert "Old Sample" not in client.get("/").text
    ticked = {"_selected_action": [old.pk, waits.pk]}
    client.post(ADMIN, {"action": "feature", **ticked})
    home = client.get("/").text
    assert home.index("Old Sample") < home.index("New 7")
    assert "Waits" not in home
    listed = client.get(ADMIN, {"state": "featured"}).context["cl"].result_list
    assert [member.name for member in listed] == ["Old Sample"]
    client.post(ADMIN, {"action": "unfeature", **ticked})
    assert "Old Sample" not in client.get("/").text


def test_a_size_is_shown_and_a_leader_has_none(client):
    client.post(APPLY, answers(size="50-249"))
    assert Member.objects.get().size == "50-249"
    Member.objects.update(status="approved", approved_at=timezone.now())
    assert "50 to 249" in client.get("/coalition/example-co/").text
    client.post(APPLY, answers(kind="leader", name="Alex Example", size="50-249"))
    assert Member.objects.get(kind="leader").size == ""


def test_a_logo_is_kept_in_four_files_with_their_sizes():
    owner = Member()
    logos.read(uploaded(picture((1200, 900), mode="RGBA"))).give_to(owner)
    stem = owner.logo.name.removesuffix(".webp")
    kept = {}
    for ending in logos.ENDINGS:
        with owner.logo.storage.open(stem + ending) as file:
            image = Image.open(file)
            kept[ending] = (image.format, image.size)
            assert not image.info.get("exif")
    assert kept == {
        ".webp": ("WEBP", (533, 400)),
        "-1x.webp": ("WEBP", (266, 200)),
        ".png": ("PNG", (533, 400)),
        "-1x.png": ("PNG", (266, 200)),
    }
    assert (owner.logo_pictures.width, owner.logo_pictures.height) == (266, 200)
    logos.discard(owner.logo)
    assert owner.logo.storage.listdir("logos") == ([], [])


def drawn(colour, ground):
    image = Image.new("RGBA", (300, 200), ground)
    image.paste(colour, (50, 50, 250, 150))
    return logos.drawn_anew(image)


def test_a_light_logo_on_nothing_hangs_on_dark_ground(client):
    assert drawn((255, 255, 255, 255), (0, 0, 0, 0)).is_light
    assert not drawn((10, 40, 50, 255), (0, 0, 0, 0)).is_light
    assert not drawn((255, 255, 255, 255), (255, 255, 255, 255)).is_light
    facts = {"logo": "logos/x.webp", "logo_alt": "A", "logo_width": 3, "logo_height": 2}
    a_member(logo_is_light=True, **facts)
    assert "tile__logo--night" in client.get("/coalition/").text


@pytest.mark.parametrize("ending", logos.ENDINGS)
def test_each_file_is_served_with_a_fixed_type_and_its_own_policy(client, ending):
    owner = Member()
    logos.read(uploaded(picture())).give_to(owner)
    response = client.get(owner.logo.url.removesuffix(".webp") + ending)
    assert response["Content-Type"] == f"image/{ending.rpartition('.')[2]}"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
