"""A manager takes a flood of sign-ups out of the count, and puts it back."""

import threading
from functools import partial

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from pledges import cleaning, counting
from pledges.models import Cleanup, Pledge, Tally
from tests.browser.conftest import assert_accessible, assert_no_horizontal_scroll

pytestmark = pytest.mark.django_db(transaction=True)
CLEANUPS = "/admin/pledges/cleanup/"


@pytest.fixture
def flood():
    now = timezone.now()
    Pledge.objects.bulk_create(
        Pledge(
            email=f"bot{number}@machine.example",
            email_canonical=f"bot{number}@machine.example",
            name=f"Machine {number}",
            country="CA",
            network="203.0.113.0/24",
            created_at=now,
            confirmed_at=now,
        )
        for number in range(30)
    )
    counting.fold_all()


def worker():
    """In a thread of its own, as beside the site: Playwright has an event loop in this one."""

    def once():
        call_command("worker", once=True)
        connection.close()

    thread = threading.Thread(target=once)
    thread.start()
    thread.join()


def test_a_flood_is_searched_for_taken_out_and_put_back(site, staff_page, flood):
    page = staff_page()
    page.goto(f"{site.url}{CLEANUPS}add/")
    page.get_by_label("Domain").fill("machine.example")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("heading", name="Being counted").wait_for()
    worker()
    page.get_by_label("Public reason").fill("Sign-ups by one machine")  # came by itself
    assert "Found 30 pledges, 30 of them in the count." in page.inner_text("#content")
    assert "from 30 to 0" in page.inner_text("#content")
    page.get_by_role("button", name="Take them out of the count").press("Enter")
    page.get_by_role("heading", name="Running").wait_for()
    worker()
    page.get_by_role("button", name="Undo").press("Enter")
    page.get_by_role("heading", name="Being undone").wait_for()
    assert Tally.objects.total() == 0
    worker()
    page.get_by_role("heading", name="Undone", exact=True).wait_for()
    assert "Taken out: 30. Put back: 30." in page.inner_text("#content")
    assert Tally.objects.total() == 30


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_of_a_cleanup_fits_and_is_accessible(
    site, staff_page, flood, complaints, admin_user, width, scheme
):
    page = staff_page(width=width, color_scheme=scheme)
    for address in ("", "add/"):
        page.goto(f"{site.url}{CLEANUPS}{address}")
        assert_accessible(page)
    cleanup = Cleanup(address="bot*@machine.example", note="Seen on Tuesday.")
    now = timezone.now()
    cleaning.prepare(cleanup, actor=admin_user, now=now)
    page.goto(f"{site.url}{CLEANUPS}{cleanup.pk}/change/")
    assert_accessible(page)
    for move in (None, partial(cleaning.start, reason="By one machine"), cleaning.undo):
        if move:
            move(cleanup, actor=admin_user, now=now)
        worker()
        page.reload()
        assert_accessible(page)
        assert_no_horizontal_scroll(page)
    complaints.clear()  # axe itself writes a style into pages with the admin's forms
