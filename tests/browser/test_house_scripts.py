"""What scripts add to pages that work without them."""

import pytest
from playwright.sync_api import expect

from tests.test_house_front_page import count_stands_at

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
    expect(window.locator(".errors")).to_be_focused()
    assert window.title().startswith("Error: ")

    window.evaluate("document.querySelector('details').open = false")
    window.get_by_role("link", name="Shorten your reason").click()
    assert window.evaluate("document.activeElement.name") == "reason"
    complaints[:] = [one for one in complaints if "422" not in one]  # the answer looked for


MINUTE_MS = 60_000


class LiveCount:
    """The front page of 12,408 people in a browser whose clock the test moves."""

    def __init__(self, site, window, answer=None):
        count_stands_at(12_408)
        self.window, self.asked = window, []
        if answer:
            window.route("**/count.json", answer)
        window.on("request", lambda one: "count.json" in one.url and self.asked.append(one))
        window.clock.install()
        window.goto(site.url)
        assert self.shown == "12,408"

    @property
    def shown(self):
        return self.window.locator(".stage__num").inner_text()

    def let_pass(self, minutes):
        for _ in range(minutes):
            self.window.clock.fast_forward(MINUTE_MS)
            self.window.evaluate("() => new Promise(done => queueMicrotask(done))")

    def look(self, is_hidden):
        self.window.evaluate(
            "is => Object.defineProperty(document, 'hidden', {get: () => is, configurable: true})",
            is_hidden,
        )


def test_the_count_follows_once_a_minute_and_says_nothing(site, window):
    live = LiveCount(site, window)
    count_stands_at(12_409)
    window.clock.fast_forward(MINUTE_MS - 1_000)
    assert not live.asked
    window.clock.fast_forward(2_000)
    window.get_by_text("12,409", exact=True).wait_for()
    assert len(live.asked) == 1
    assert window.locator("progress").first.evaluate("beam => beam.value") == 12_409
    announced = window.locator(".stage :is([aria-live], [role=status], [role=alert])")
    assert announced.count() == 0


def test_the_count_fits_its_stage_when_it_grows_a_digit(site, window):
    live = LiveCount(site, window)
    count_stands_at(100_000)
    live.let_pass(1)
    window.locator(".stage__num[data-digits='6']").wait_for()
    assert live.shown == "100,000"
    assert window.locator("progress").first.evaluate("beam => beam.value / beam.max") == 1


def test_the_count_rests_while_nobody_looks(site, window):
    live = LiveCount(site, window)
    live.look(is_hidden=True)
    live.let_pass(5)
    assert not live.asked
    live.look(is_hidden=False)
    with window.expect_request("**/count.json"):
        live.let_pass(1)


def test_the_count_costs_nothing_where_data_is_saved(site, window):
    window.add_init_script(
        "Object.defineProperty(navigator, 'connection', {get: () => ({saveData: true})})"
    )
    live = LiveCount(site, window)
    live.let_pass(5)
    assert not live.asked


def test_the_count_is_not_asked_for_without_a_network(site, window):
    live = LiveCount(site, window)
    window.context.set_offline(True)
    live.let_pass(2)
    assert not live.asked
    assert live.shown == "12,408"


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 503, "body": "Catching our breath"},
        {"status": 429, "json": {"confirmed": 7}},
        {"body": "<p>Welcome to our wireless network</p>"},
        {"json": {"confirmed": -1}},
        {"json": {"confirmed": "many"}},
        {"json": None},
    ],
    ids=str,
)
def test_an_answer_that_is_no_count_changes_nothing(site, window, complaints, answer):
    live = LiveCount(site, window, lambda route: route.fulfill(**answer))
    with window.expect_response("**/count.json"):
        live.let_pass(1)
    live.let_pass(1)
    assert live.shown == "12,408"
    refused = [one for one in complaints if "Failed to load resource" in one]
    assert complaints == refused  # the browser's own words, none of the script's
    complaints.clear()


def test_staff_edit_a_page_without_typing_html(site, window, admin_user):
    window.goto(f"{site.url}/admin/login/?next=/admin/flatpages/flatpage/")
    window.get_by_label("Login name").fill("admin")
    window.get_by_label("Password").fill("password")
    window.get_by_role("button", name="Sign in", exact=True).click()
    window.get_by_role("link", name="Questions and answers").click()
    window.locator("[contenteditable=true] p").first.click()
    window.keyboard.press("End")
    window.keyboard.type(" Typed by staff.")
    window.get_by_role("button", name="Save", exact=True).click()
    window.get_by_text("was changed successfully").wait_for()

    window.goto(f"{site.url}/faq/")
    assert "Typed by staff." in window.locator(".lead").inner_text()
    assert window.locator("h3").count() > 5
