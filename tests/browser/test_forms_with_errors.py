"""Forms of a supporter with what does not do in them: accessible and within the policy."""

import pytest

from pledges.models import Pledge
from tests.browser.conftest import assert_accessible
from tests.pledges.people import a_supporter

pytestmark = pytest.mark.django_db(transaction=True)


def test_pages_with_errors_are_accessible(site, open_page):
    sam = a_supporter("sam@example.org")
    page = open_page(width=390)
    page.goto(f"{site.url}{sam.get_absolute_url()}")
    page.get_by_label("Your name").fill("https://spam.example")
    page.get_by_label("Your reason").fill("r" * 300)
    page.get_by_role("button", name="Save changes").click()
    page.get_by_role("alert").wait_for()
    assert_accessible(page)
    for form in ("#code", "#resend"):
        page.goto(f"{site.url}/pledge/check-email/")
        page.locator(form).get_by_role("button").click()
        page.get_by_role("alert").wait_for()
        assert_accessible(page)
    assert Pledge.objects.get().name == "Robin Example"
