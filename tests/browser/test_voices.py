"""A moderator's morning: two hundred voices, decided without touching the mouse."""

import pytest
from django.utils import timezone

from common.models import AuditEntry
from pledges import voices
from pledges.models import Pledge, Voice, VoiceDeclineReason
from tests.browser.conftest import assert_accessible, assert_no_horizontal_scroll

pytestmark = pytest.mark.django_db(transaction=True)
QUEUE = "/admin/pledges/voice/"


def voices_waiting(many):
    moment = timezone.now()
    pledges = Pledge.objects.bulk_create(
        Pledge(
            email=f"{number}@example.org", email_canonical=f"{number}@example.org",
            name=f"Person {number}", shows_name=number % 2 == 0, country="CA",
            flexibility=["remote"], created_at=moment, confirmed_at=moment,
        )
        for number in range(many)
    )  # fmt: skip
    words = ["Tides wiat for nobody.", "SEE MY SHOP AT EXAMPLE.ORG", "The school run is mine."]
    Voice.objects.bulk_create(
        Voice(pledge=pledge, text=f"{words[number % 3]} ({number})", created_at=moment)
        for number, pledge in enumerate(pledges)
    )


@pytest.fixture
def moderate(site, staff_page):
    def moderate(**window):
        page = staff_page(**window)
        page.goto(site.url + QUEUE)
        return page

    return moderate


def keys(page, *pressed):
    for key in pressed:
        page.keyboard.press(key)


def left(page, number):
    page.locator(f"[data-left='{number}']").wait_for()


def test_two_hundred_voices_are_decided_by_keyboard_alone(moderate):
    voices_waiting(200)
    page = moderate()
    assert page.locator("[data-waiting]").count() == 200
    assert "(0)" in page.locator(":focus").inner_text()

    keys(page, "e")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Tides wait for nobody. (0)")
    keys(page, "Control+Enter")
    left(page, 199)
    keys(page, "d", "2")
    left(page, 198)
    keys(page, "j", "ArrowDown", "k", "a")
    left(page, 197)
    assert "(4)" in page.locator(":focus").inner_text()
    keys(page, "e", "Escape")
    assert page.locator(":focus").get_attribute("data-waiting") is not None
    for number in range(196, 190, -1):
        keys(page, "a")
        left(page, number)
    page.get_by_role("button", name="Tick all").focus()
    keys(page, "Enter", "Tab", "Enter")
    page.get_by_text("Everything is decided.").wait_for()

    decided = dict(Voice.objects.values_list("pledge__name", "status"))
    assert decided.pop("Person 1") == "declined"
    assert set(decided.values()) == {"approved"}
    mended = Voice.objects.get(pledge__name="Person 0")
    assert (mended.text, mended.original_text) == (
        "Tides wait for nobody. (0)",
        "Tides wiat for nobody. (0)",
    )
    reason = list(VoiceDeclineReason.objects.all())[1].text
    assert AuditEntry.objects.get(action="declined").why == reason


def test_the_second_of_two_is_told_on_the_card(moderate, admin_user):
    voices_waiting(2)
    page = moderate()
    voices.decide(
        Voice.objects.earliest("pk"), "declined", actor=admin_user, now=timezone.now(), reason="No."
    )
    keys(page, "a")
    page.locator("[data-outcome]", has_text="Left as it is: admin was first").wait_for()
    assert Voice.objects.earliest("pk").status == "declined"


def test_a_mended_text_that_is_refused_keeps_the_focus(moderate, complaints):
    voices_waiting(1)
    page = moderate()
    keys(page, "e")
    page.keyboard.type(" www.example.org")
    keys(page, "Control+Enter")
    page.get_by_text("Leave out links and web addresses.").first.wait_for()
    assert page.evaluate("document.activeElement.value").endswith("www.example.org")
    complaints[:] = [one for one in complaints if "422" not in one]  # the answer looked for


def test_the_queue_works_without_script(moderate):
    voices_waiting(3)
    page = moderate(javascript=False)
    page.get_by_role("button", name="Approve", exact=True).first.click()
    page.get_by_text("Approved: one voice.").wait_for()
    page.locator("summary", has_text="Decline…").first.click()
    page.get_by_role("button", name="An advertisement").first.click()
    page.get_by_text("Declined (An advertisement): one voice.").wait_for()
    page.get_by_label("Tick").check()
    page.get_by_role("button", name="Approve the ticked ones").click()
    page.get_by_text("Everything is decided.").wait_for()


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_the_queue_is_accessible_in_every_state(moderate, color_scheme):
    voices_waiting(4)
    page = moderate(color_scheme=color_scheme)
    keys(page, "d", "2")
    left(page, 3)
    keys(page, "d")
    page.locator("[data-waiting] summary", has_text="Mend…").nth(1).click()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
    page.set_viewport_size({"width": 320, "height": 900})
    assert_no_horizontal_scroll(page)
    page.goto(page.locator("a", has_text="History").first.evaluate("one => one.href"))
    assert_accessible(page)
