"""What scripts add to pages that work without them."""

import pytest

from pledges.models import Tally

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def window(open_page):
    return open_page(width=1280)


def test_the_summary_of_errors_takes_the_focus_and_leads_into_folded_parts(
    site, window, complaints
):
    window.goto(f"{site.url}/pledge/")
    window.locator("summary").click()
    window.locator("[name=reason]").fill("x" * 300)
    window.get_by_text("Characters over the limit: 20").first.wait_for()
    window.get_by_role("button", name="Add my name").click()
    window.wait_for_function("document.activeElement.matches('.errors')")
    assert window.title().startswith("Error: ")

    window.evaluate("document.querySelector('details').open = false")
    window.get_by_role("link", name="Shorten your reason").click()
    assert window.evaluate("document.activeElement.name") == "reason"
    complaints[:] = [one for one in complaints if "422" not in one]  # the answer looked for


def test_the_count_follows_once_a_minute_at_most(site, window):
    total = Tally.objects.get_or_create(scope="total", key="", defaults={"value": 0})[0]
    Tally.objects.filter(pk=total.pk).update(value=12_408)
    asked = []
    window.on("request", lambda request: "count.json" in request.url and asked.append(request))
    window.clock.install()
    window.goto(site.url)
    window.get_by_text("12,408", exact=True).wait_for()
    window.clock.fast_forward(59_000)
    assert not asked
    window.clock.fast_forward(2_000)
    window.wait_for_function("document.querySelector('.stage__num').textContent")
    assert len(asked) == 1


def test_staff_edit_a_page_without_typing_html(site, window, admin_user):
    window.goto(f"{site.url}/admin/login/?next=/admin/flatpages/flatpage/")
    window.get_by_label("Username").fill("admin")
    window.get_by_label("Password").fill("password")
    window.get_by_role("button", name="Log in").click()
    window.get_by_role("link", name="Questions and answers").click()
    window.locator("[contenteditable=true] p").first.click()
    window.keyboard.press("End")
    window.keyboard.type(" Typed by staff.")
    window.get_by_role("button", name="Save", exact=True).click()
    window.get_by_text("was changed successfully").wait_for()

    window.goto(f"{site.url}/faq/")
    assert "Typed by staff." in window.locator(".lead").inner_text()
    assert window.locator("h3").count() > 5
