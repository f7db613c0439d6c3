"""Staff look through the quarantine and keep the block list."""

import pytest
from django.utils import timezone

from pledges import counting
from pledges.models import Pledge, Tally
from tests.browser.conftest import assert_accessible, assert_no_horizontal_scroll
from tests.pledges.test_blocking import a_block

pytestmark = pytest.mark.django_db(transaction=True)
QUEUE = "/admin/pledges/quarantinedpledge/"


@pytest.fixture
def suspects():
    now = timezone.now()
    Pledge.objects.bulk_create(
        Pledge(
            email=f"person{number}@machine.example",
            email_canonical=f"person{number}@machine.example",
            name=f"Person {number}",
            country="CA",
            network=f"203.0.{113 + number % 3}.0/24",
            suspicion="trap" if number % 5 == 0 else "network",
            created_at=now,
            confirmed_at=now,
            quarantined_at=now,
        )
        for number in range(30)
    )
    counting.fold_all()


def test_the_quarantine_is_worked_through_without_a_mouse(site, staff_page, suspects):
    page = staff_page()
    page.goto(site.url + QUEUE)
    release = page.get_by_role("button", name="Release all").first
    release.focus()
    page.keyboard.press("Enter")
    page.get_by_text("Released: 8 pledges.").wait_for()
    assert Tally.objects.total() == 8
    page.get_by_role("link", name="203.0.114.0/24").first.press("Enter")
    page.get_by_role("checkbox").first.press("Space")
    page.get_by_role("button", name="Invalidate the ticked ones").press("Enter")
    page.get_by_text("Invalidated: one pledge.").wait_for()
    assert Pledge.objects.in_quarantine().count() == 21


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_quarantine_and_block_list_fit_and_are_accessible(
    site, staff_page, suspects, complaints, width, scheme
):
    block = a_block("network", "203.0.113.0/24", is_on=False)
    page = staff_page(width=width, color_scheme=scheme)
    addresses = {
        "groups": QUEUE,
        "hours": f"{QUEUE}?by=hour",
        "group": f"{QUEUE}?by=network&suspicion=network&key=203.0.113.0/24",
        "blocks": "/admin/pledges/block/",
        "add": "/admin/pledges/block/add/",
        "block": f"/admin/pledges/block/{block.pk}/change/",
    }
    for address in addresses.values():
        page.goto(site.url + address)
        assert_accessible(page)
        assert_no_horizontal_scroll(page)
    complaints.clear()  # axe itself writes a style into pages with the admin's forms
