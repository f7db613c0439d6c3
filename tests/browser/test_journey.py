"""A stranger joins the million and brings a friend, as both see it, with script and without."""

import re

import pytest
from django.core.management import call_command

from tests.browser.conftest import assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)


def sign(page, name, email):
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Email", exact=True).fill(email)
    page.get_by_label("Country", exact=True).select_option("CA")
    page.get_by_role("button", name="Add my name").click()
    page.get_by_role("heading", name="One more push: check your email").wait_for()


def confirm_by_mail(page, site, email):
    call_command("worker", once=True)
    page.goto(f"{site.url}/dev/mail/")
    page.get_by_role("link", name="Confirm your name").first.click()
    assert email in page.content()
    page.locator("a[href*='/pledge/confirm/']").first.click()
    page.get_by_role("button", name="Confirm my name").click()


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_a_stranger_joins_and_brings_a_friend(site, open_page, dev_mail, javascript):
    robin = open_page(javascript=javascript)
    robin.goto(site.url)
    assert "Step up: be number 1" in robin.content()
    sign(robin, "Robin Example", "robin@example.org")
    confirm_by_mail(robin, site, "robin@example.org")
    robin.get_by_text("You are supporter").wait_for()
    assert "#1" in robin.locator("h1").inner_text()
    own_page = robin.url
    link = robin.get_by_role("textbox", name="Your personal link").input_value()
    assert link.startswith(f"{site.url}/join/")

    sam = open_page(javascript=javascript, width=390)
    sam.goto(link)
    assert "Step up: be number 2" in sam.content()
    sign(sam, "Sam Sample", "sam@example.org")
    confirm_by_mail(sam, site, "sam@example.org")
    assert "#2" in sam.locator("h1").inner_text()

    robin.goto(own_page)
    robin.get_by_text("One friend has joined through your link.").wait_for()
    numbers = robin.request.get(f"{site.url}/count.json").json()
    assert (numbers["confirmed"], numbers["pending"]) == (2, 0)


def test_what_was_typed_is_kept_and_the_summary_leads_to_the_field(site, open_page):
    page = open_page()
    page.goto(site.url)
    page.get_by_label("Your name").fill("Robin Example")
    page.get_by_label("Email", exact=True).fill("robin@example")
    page.get_by_role("button", name="Add my name").click()
    summary = page.get_by_role("alert")
    summary.wait_for()
    assert page.title().startswith("Error:")
    assert page.get_by_label("Your name").input_value() == "Robin Example"
    assert page.evaluate("document.activeElement.matches('[data-focus]')")
    summary.get_by_role("link", name="Choose your country").click()
    assert page.evaluate("document.activeElement.name") == "country"
    assert_accessible(page)


def test_the_six_digits_work_on_another_device(site, open_page, dev_mail):
    phone, laptop = open_page(width=390), open_page()
    phone.goto(f"{site.url}/pledge/")
    sign(phone, "Robin Example", "robin@example.org")
    call_command("worker", once=True)
    laptop.goto(f"{site.url}/dev/mail/")
    laptop.get_by_role("link", name="Confirm your name").first.click()
    (digits,) = re.findall(r"\b\d{6}\b", laptop.locator("main").inner_text())
    code = phone.locator("#code")
    code.get_by_label("Email").fill("robin@example.org")
    code.get_by_label("The six digits").fill("000000" if digits != "000000" else "111111")
    code.get_by_role("button").click()
    phone.get_by_role("alert").wait_for()
    code.get_by_label("The six digits").fill(digits)
    code.get_by_role("button").click()
    phone.get_by_text("You are supporter").wait_for()


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_a_supporter_edits_downloads_withdraws_and_erases(site, open_page, dev_mail, javascript):
    page = open_page(javascript=javascript)
    for number, leave in [(1, "Withdraw my support"), (2, "Erase everything about me")]:
        page.goto(site.url)
        sign(page, "Robin Example", "robin@example.org")
        confirm_by_mail(page, site, "robin@example.org")
        assert f"#{number}" in page.locator("h1").inner_text()
        page.get_by_label("Your name").fill("Robin Changed")
        page.get_by_role("button", name="Save changes").click()
        page.get_by_text("Your changes are live.").wait_for()
        if javascript:
            assert_accessible(page)
        with page.expect_download() as download:
            page.get_by_role("button", name="Download my data").click()
        assert "Robin Changed" in download.value.path().read_text(encoding="utf-8")
        own_page = page.url
        page.get_by_role("link", name=leave).click()
        page.get_by_role("button").last.click()
        page.get_by_role("link", name="Go to the front page").wait_for()
        assert page.goto(own_page).status == 404
