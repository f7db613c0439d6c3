"""Staff at the lists and records of the admin, on a desk and on a telephone."""

import pytest
from django.utils import timezone

from common import outbox
from pledges import assistance
from tests.browser.conftest import assert_accessible, assert_no_horizontal_scroll
from tests.pledges.people import a_pledge, a_supporter

pytestmark = pytest.mark.django_db(transaction=True)
PLEDGES = "/admin/pledges/pledge/"


@pytest.fixture
def pledge(admin_user):
    """One to whom much has happened."""
    sam = a_supporter("sam@example.org", name="Sam Example")
    pledge = a_supporter(referrer=sam, reason="The school run is mine.", flexibility=["remote"])
    a_supporter("ana@example.org", referrer=pledge)
    a_pledge("new@example.org", name="Nils Newcomer")
    facts = {"actor": admin_user, "now": timezone.now(), "why": "Asked by mail."}
    assistance.correct(pledge, name="Robin X", country="CA", email="robin@example.com", **facts)
    outbox.put("pledge-welcome", pledge.email, now=timezone.now(), pledge_id=pledge.pk)
    return pledge


def addresses(pledge):
    record = f"{PLEDGES}{pledge.pk}/"
    return [
        *(PLEDGES, f"{PLEDGES}?q=robin&state=confirmed", f"{record}change/", f"{record}history/"),
        *(f"{record}{what}/" for what in ("resend", "correct", "withdraw", "erase")),
        *("/admin/pledges/voice/", "/admin/pledges/voice/?state=all"),
        *("/admin/common/auditentry/", "/admin/common/outboxmessage/"),
        *("/admin/blog/post/add/", "/admin/blog/post/"),
    ]


def test_lists_records_and_forms_are_accessible(staff_page, site, pledge, complaints):
    pages = staff_page(), staff_page(width=390, color_scheme="dark")
    for address in addresses(pledge):
        for page in pages:
            page.goto(site.url + address)
            assert_accessible(page)
            assert_no_horizontal_scroll(page)
    complaints.clear()  # axe itself writes a style into pages with the admin's forms


def test_a_person_is_helped_from_the_list_to_the_record_and_back(staff_page, site, pledge):
    page = staff_page(width=390, javascript=False)
    page.goto(site.url + PLEDGES)
    page.get_by_label("Search:").fill("robin@example.org")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=str(pledge), exact=True).click()
    page.get_by_role("link", name="Mail again").click()
    page.get_by_role("button", name="Mail again").click()
    page.get_by_text("Please correct what is marked below.").wait_for()
    page.get_by_label("Reason:").fill("Asked by mail.")
    page.get_by_role("button", name="Mail again").click()
    page.get_by_text("The mail is on its way.").wait_for()
    assert page.get_by_role("cell", name="mailed again").is_visible()
