"""A supporter passes the link on: by the device's own sheet, as a picture, on paper."""

import pytest
from django.utils import timezone

from pledges import counting
from pledges.models import Milestone
from tests.browser.conftest import assert_accessible, assert_no_horizontal_scroll
from tests.pledges.people import a_pledge, a_supporter

pytestmark = pytest.mark.django_db(transaction=True)
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff von und zu " * 4
PAPERS = {"": (595, 842), "?size=letter": (612, 792)}  # points


@pytest.fixture
def ana():
    return a_supporter("ana@example.org", name="Ana Example", shows_name=True)


@pytest.mark.parametrize("paper", PAPERS)
def test_the_poster_is_accessible_by_day_and_night_and_fits_a_telephone(
    site, open_page, ana, paper
):
    page = open_page()
    page.goto(f"{site.url}{ana.get_absolute_url()}poster/{paper}")
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        for color_scheme in ("light", "dark"):
            page.emulate_media(color_scheme=color_scheme)
            assert_accessible(page)
            assert_no_horizontal_scroll(page)
            assert cut_off(page) == 0


@pytest.mark.parametrize("name", ["Ana Example", LONG_NAME.strip(), "سامي المثال"])
@pytest.mark.parametrize("paper", PAPERS)
def test_the_poster_is_one_whole_sheet_on_paper(site, open_page, name, paper):
    supporter = a_supporter(name=name, shows_name=True)
    page = open_page()
    page.goto(f"{site.url}{supporter.get_absolute_url()}poster/{paper}")
    sheet = page.pdf(prefer_css_page_size=True)
    assert sheet.count(b"/Type /Page\n") == 1
    width, height = PAPERS[paper]
    (box,) = [line for line in sheet.splitlines() if b"/MediaBox" in line]
    numbers = [float(number) for number in box.split(b"[")[1].split(b"]")[0].split()]
    assert [round(number) for number in numbers] == [0, 0, width, height]
    page.emulate_media(media="print")
    page.set_viewport_size({"width": width * 96 // 72, "height": height * 96 // 72})
    assert cut_off(page) == 0
    assert page.locator(".poster").bounding_box()["y"] == 0
    assert not page.get_by_role("heading", name="Your poster").is_visible()


def cut_off(page):
    """How many pixels of the poster's words and code lie beyond its lower edge."""
    return page.evaluate(
        """() => {
            const bottom = one => one.getBoundingClientRect().bottom;
            const lowest = Math.max(
                ...[...document.querySelectorAll(".poster__foot *")].map(bottom));
            const field = document.querySelector(".poster__field");
            const in_field = Math.max(...[...field.querySelectorAll("p, h2")].map(bottom));
            return Math.max(0,
                Math.floor(lowest - bottom(document.querySelector(".poster"))),
                Math.floor(in_field - bottom(field)));
        }"""
    )


def test_printing_is_one_click_with_script_and_not_offered_without(site, open_page, ana):
    address = f"{site.url}{ana.get_absolute_url()}poster/"
    page = open_page()
    page.add_init_script("window.print = () => { window.printed = true }")
    page.goto(address)
    page.get_by_role("link", name="US letter").click()
    page.get_by_role("button", name="Print").click()
    assert page.evaluate("window.printed")
    plain = open_page(javascript=False)
    plain.goto(address)
    assert not plain.get_by_role("button", name="Print").is_visible()


def test_the_own_page_shares_by_the_devices_sheet_where_there_is_one(site, open_page, ana):
    page = open_page(width=390)
    page.goto(site.url + ana.get_absolute_url())
    assert not page.get_by_role("button", name="Share").is_visible()
    page.add_init_script("navigator.share = async data => { window.shared = data }")
    page.reload()
    page.get_by_role("button", name="Share").click()
    shared = page.evaluate("window.shared")
    assert shared["url"] == f"{site.url}{ana.join_path}"
    assert "1 Million for Work Flexibility" in shared["text"]


def test_the_link_is_copied_with_one_click(site, open_page, ana):
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.url)
    page.goto(site.url + ana.get_absolute_url())
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("status").filter(has_text="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{site.url}{ana.join_path}"


def test_the_code_is_kept_as_a_file_of_either_kind(site, open_page, ana):
    page = open_page(javascript=False)
    page.goto(site.url + ana.get_absolute_url())
    for kind, start in (("SVG", b"<?xml"), ("PNG", b"\x89PNG")):
        with page.expect_download() as download:
            page.get_by_role("link", name=kind, exact=True).click()
        assert download.value.suggested_filename == f"one-in-a-million.{kind.lower()}"
        assert download.value.path().read_bytes().startswith(start)


def test_a_link_shows_networks_a_picture_that_a_browser_shows_too(site, open_page, ana):
    page = open_page()
    page.goto(f"{site.url}{ana.join_path}")
    card = page.locator("meta[property='og:image']").get_attribute("content")
    assert card == f"{site.url}{ana.join_path}card.png"
    width, height = page.evaluate(
        """address => {
            const picture = new Image();
            picture.src = address;
            return picture.decode().then(() => [picture.naturalWidth, picture.naturalHeight]);
        }""",
        card,
    )
    assert (width, height) == (1200, 630)


def test_a_passed_stop_is_told_on_accessible_pages(site, open_page):
    for number in range(10):
        a_pledge(f"{number}@example.org", confirmed_at=timezone.now())
    counting.fold_all()
    assert Milestone.objects.count() == 1
    page = open_page(width=390)
    page.goto(site.url)
    page.get_by_text("We passed 10 on").wait_for()
    assert_accessible(page)
    page.get_by_role("link", name="How we count").click()
    page.get_by_role("heading", name="Stops we passed").wait_for()
    assert_accessible(page)
    assert_no_horizontal_scroll(page)
