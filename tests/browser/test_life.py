"""A whole life: sign, lose the mail, ask again, confirm on a second device, change one's mind."""

import re

import pytest
from django.core.management import call_command

from pledges.models import Pledge, Tally
from tests.browser.conftest import assert_accessible
from tests.browser.test_journey import sign

pytestmark = pytest.mark.django_db(transaction=True)


def newest_mail(page, site):
    call_command("worker", once=True)
    page.goto(f"{site.url}/dev/mail/")
    page.locator("main a").first.click()
    return page.locator("main").inner_text()


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_a_whole_life_without_writing_to_staff(site, open_page, dev_mail, javascript):
    phone, laptop = open_page(width=390, javascript=javascript), open_page(javascript=javascript)
    phone.goto(site.url)
    sign(phone, "Robin Example", "robin@example.org")
    phone.locator("#resend").get_by_label("Email").fill("Robin@Example.org")
    phone.locator("#resend").get_by_role("button", name="Send it again").click()
    phone.get_by_text("another mail is on its way").wait_for()

    (digits,) = set(re.findall(r"\b\d{6}\b", newest_mail(laptop, site)))
    laptop.goto(f"{site.url}/pledge/check-email/")
    laptop.locator("#code").get_by_label("Email").fill("robin@example.org")
    laptop.locator("#code").get_by_label("The six digits").fill(digits)
    laptop.locator("#code").get_by_role("button").click()
    laptop.get_by_text("You are supporter").wait_for()

    laptop.get_by_label("Show my name and country publicly").check()
    laptop.get_by_label("Country", exact=True).select_option("FR")
    laptop.get_by_role("button", name="Save changes").click()
    laptop.get_by_text("Your changes are live.").wait_for()
    own_page = laptop.url.partition("?")[0]
    laptop.goto(f"{site.url}/supporters/")
    laptop.get_by_text("Robin Example").wait_for()

    laptop.goto(own_page)
    laptop.get_by_label("Show my name and country publicly").uncheck()
    laptop.get_by_role("button", name="Save changes").click()
    laptop.get_by_text("Your changes are live.").wait_for()
    laptop.goto(f"{site.url}/supporters/")
    assert "Robin Example" not in laptop.content()

    laptop.goto(own_page)
    share = laptop.get_by_role("link", name="WhatsApp").get_attribute("href")
    assert "join" in share
    laptop.get_by_role("link", name="poster").first.click()
    laptop.get_by_role("heading").first.wait_for()
    if javascript:
        assert_accessible(laptop)
    laptop.goto(own_page)
    with laptop.expect_download() as download:
        laptop.get_by_role("button", name="Download my data").click()
    assert '"value": "FR"' in download.value.path().read_text(encoding="utf-8")

    laptop.get_by_role("link", name="Withdraw my support").click()
    laptop.get_by_role("button", name="Withdraw my support").click()
    laptop.get_by_text("Your support is withdrawn").wait_for()
    assert laptop.goto(own_page).status == 404

    laptop.goto(site.url)
    sign(laptop, "Robin Example", "robin@example.org")
    newest_mail(laptop, site)
    laptop.locator("a[href*='/pledge/confirm/']").first.click()
    laptop.get_by_role("button", name="Confirm my name").click()
    assert "#2" in laptop.locator("h1").inner_text()
    laptop.get_by_role("link", name="Erase everything about me").click()
    laptop.get_by_role("button", name="Erase everything").click()
    laptop.get_by_text("Everything about you is erased").wait_for()

    call_command("worker", once=True)
    call_command("recount", check=True)
    assert Tally.objects.total() == 0
    assert list(Pledge.objects.values_list("number", flat=True).order_by("number")) == [1, 2]
    assert not Pledge.objects.live().exists()
