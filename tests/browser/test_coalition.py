"""An organisation's whole way into the coalition and back, and a moderator's morning."""

from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from coalition import decisions, freshness, logos, revisions
from coalition.models import Member
from common import moderation
from tests.browser.conftest import assert_accessible
from tests.coalition.cast import ADMIN, a_member, a_moderator, an_applicant, link_in, mailed

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(site, page, name="mia"):
    a_moderator(name)
    page.goto(f"{site.url}/admin/login/?next={ADMIN}")
    page.get_by_label("Login name").fill(name)
    page.get_by_label("Password").fill("moderates")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Select member to change").wait_for()


def told(page, text):
    """Waits until the admin says so."""
    told = page.locator(".messagelist", has_text=text)
    told.wait_for(timeout=60_000)  # milliseconds: a hundred may be decided on a busy machine


def apply(site, page, statement):
    page.goto(f"{site.url}/coalition/apply/")
    page.get_by_label("A company", exact=True).check()
    page.get_by_label("Name of the organisation").fill("Example Co.")
    page.get_by_label("Website").fill("example.org")
    page.get_by_label("Country", exact=True).select_option("CA")
    page.get_by_label("How does it work day to day?").fill(statement)
    page.get_by_label("Your name").fill("Pat Example")
    page.get_by_label("Your role there").fill("Chief of sample staff")
    page.get_by_label("Your work email").fill("pat@example.org")
    page.get_by_label("I may speak for this organisation").check()
    page.get_by_role("button", name="Send application").click()
    page.get_by_role("heading", name="We have your application").wait_for()
    (confirmation,) = mailed()
    page.goto(site.url + link_in(confirmation, "confirm"))
    page.get_by_role("button", name="Confirm my application").click()
    page.get_by_role("heading", name="Your application is with us").wait_for()


def open_first(site, page):
    page.goto(f"{site.url}{ADMIN}")
    page.locator("#result_list tbody th a").first.click()
    page.get_by_role("heading", name="Decision", exact=True).wait_for()


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_an_applicant_s_and_a_moderator_s_whole_way(site, open_page, javascript):
    pat, mia = open_page(javascript=javascript), open_page(javascript=javascript)
    sign_in(site, mia)

    apply(site, pat, "We are flexible.")
    open_first(site, mia)
    mia.get_by_label("Question to the contact").fill("For whom?")
    mia.get_by_role("button", name="Ask").click()
    told(mia, "the question is on its way")

    (question,) = mailed()
    pat.goto(site.url + link_in(question, "answer"))
    pat.get_by_label("Your answer").fill("For two of us.")
    pat.get_by_role("button", name="Send the answer").click()
    pat.get_by_text("We have your answer").wait_for()

    open_first(site, mia)
    mia.get_by_text("For two of us.").wait_for()
    mia.get_by_label("Reason:").select_option(label="1. No word on how it works")
    mia.get_by_role("button", name="Decline").click()
    told(mia, "Example Co. is declined")
    (declined,) = mailed()
    assert "which kind you offer" in declined.body

    apply(site, pat, "Core hours run from ten to two.")
    open_first(site, mia)
    mia.get_by_text("same website").wait_for()
    mia.get_by_role("button", name="Approve").click()
    told(mia, "Example Co. is approved and listed")
    (approved,) = mailed()

    pat.goto(site.url + link_in(approved, "edit"))
    pat.get_by_label("How does it work day to day?").fill("Core hours run from one to two.")
    pat.get_by_role("button", name="Send the changes").click()
    pat.get_by_text("Your page keeps its text").wait_for()
    page_of = f"{site.url}{Member.objects.listed().get().get_absolute_url()}"
    pat.goto(page_of)
    assert "from ten to two" in pat.content()
    mia.goto(f"{site.url}/admin/coalition/revision/")
    mia.locator("#result_list tbody th a").first.click()
    assert mia.locator("ins").inner_text() == "one"
    mia.get_by_role("button", name="Approve").click()
    told(mia, "are live")
    pat.goto(page_of)
    assert "from one to two" in pat.content()
    mailed()

    year = timezone.now() + timedelta(days=350)
    freshness.keep(now=year)
    (reminder,) = mailed(year)
    pat.goto(site.url + link_in(reminder, "reaffirm"))
    pat.get_by_role("button", name="It is still true").click()
    pat.get_by_text("listed for another year").wait_for()
    pat.goto(page_of)
    pat.get_by_text("Last reaffirmed").wait_for()

    for days in (360, 368):
        freshness.keep(now=timezone.now() + timedelta(days=days))
    lapsed = mailed(timezone.now() + timedelta(days=369))[-1]
    pat.goto(page_of)
    pat.get_by_text("A former member").wait_for()
    pat.goto(site.url + link_in(lapsed, "reaffirm"))
    pat.get_by_role("button", name="list us again").click()
    pat.get_by_text("listed for another year").wait_for()
    pat.goto(page_of)
    assert "A former member" not in pat.content()


def test_a_business_leader_is_asked_as_a_person_at_once(site, open_page):
    page = open_page()
    page.goto(f"{site.url}/coalition/apply/")
    page.get_by_label("A business leader").check()
    page.get_by_label("Your name as it should appear").wait_for()
    page.get_by_label("This is me, and I agree to be listed publicly").wait_for()
    assert page.get_by_label("People who work there").is_hidden()
    page.get_by_label("A nonprofit").check()
    page.get_by_label("Name of the organisation").wait_for()
    assert page.get_by_label("People who work there").is_visible()


def applications_waiting(many):
    now = timezone.now()
    for number in range(many):
        an_applicant(
            f"Sample {number:03}",
            website=f"https://s{number}.example/",
            created_at=now - timedelta(minutes=many - number),
        )


def open_desk(site, page, member):
    page.goto(f"{site.url}{ADMIN}{member.pk}/change/")
    page.locator("[name=_approve]:focus").wait_for()


def at(page, number, keys="[data-keys]:not([hidden])"):
    """Waits until this application is on the desk, the keys work and its button has the focus."""
    ready = f"#content:has(h2:text('Sample {number:03}')):has({keys})"
    page.locator(f"{ready} [name=_approve]:focus").wait_for()


def keys(page, *pressed):
    for key in pressed:
        page.keyboard.press(key)


def tab_to(page, element, key="Tab"):
    """Presses the tabulator until the element has the focus."""
    for _ in range(60):
        page.keyboard.press(key)
        if page.locator(f"{element}:focus").count():
            return
    pytest.fail(f"{element} is out of the tabulator's reach")


def choose_action(page, start_of_its_name):
    tab_to(page, "select[name=action]", "Shift+Tab")
    page.keyboard.type(start_of_its_name)
    keys(page, "Tab", "Enter")


def test_two_hundred_applications_are_worked_through_by_keyboard_alone(site, open_page):
    applications_waiting(200)
    mia = open_page()
    sign_in(site, mia)
    mia.locator("#result_list tbody tr").nth(99).wait_for()
    tab_to(mia, "#result_list tbody th a")
    keys(mia, "Enter")
    at(mia, 0)

    # One by one, on the desk.
    keys(mia, "d", "2", "Enter")
    at(mia, 1)
    keys(mia, "q")
    mia.keyboard.type("For whom?")
    keys(mia, "Control+Enter")
    at(mia, 2)
    keys(mia, "q")
    mia.keyboard.type("A draft")
    keys(mia, "Escape", "n")
    mia.keyboard.type("Met them in May.")
    keys(mia, "Control+Enter")
    mia.locator("section p", has_text="Met them in May.").wait_for()
    at(mia, 2)
    assert mia.get_by_label("Question to the contact").input_value() == "A draft"
    keys(mia, "j")
    at(mia, 3)
    keys(mia, "k")
    at(mia, 2)
    keys(mia, "d", "Tab")
    mia.keyboard.type("Ask again in a year.")
    keys(mia, "Control+Enter")
    for number in range(3, 50):
        at(mia, number)
        keys(mia, "Enter" if number % 2 else "a")
    at(mia, 50)

    # The rest at once, in the list.
    mia.goto(f"{site.url}{ADMIN}")
    tab_to(mia, "#result_list tbody .action-select")
    keys(mia, "Space", "Tab", "Tab", "Space")
    choose_action(mia, "Decline")
    tab_to(mia, "#listed-reason")
    mia.keyboard.type("5")
    tab_to(mia, "input.default")
    keys(mia, "Enter")
    told(mia, "2 are declined")
    for left in (100, 48):
        tab_to(mia, "#action-toggle")
        keys(mia, "Space")
        choose_action(mia, "Approve")
        told(mia, f"{left} are approved and listed")

    assert Member.objects.listed().count() == 195
    asked = Member.objects.awaiting_answer().get()
    assert (asked.name, asked.questions.get().text) == ("Sample 001", "For whom?")
    declined = Member.objects.filter(status="declined").order_by("pk")
    reasons = [moderation.history(member).get().why for member in declined]
    assert "you may speak for the organisation" in reasons[0]
    assert reasons[1] == "Ask again in a year."
    assert "advertises a product" in reasons[2] == reasons[3]


def test_the_queue_works_by_keyboard_without_script(site, open_page):
    applications_waiting(3)
    mia = open_page(javascript=False)
    sign_in(site, mia)
    open_desk(site, mia, Member.objects.earliest("pk"))
    for number in range(3):
        at(mia, number, keys="[data-keys][hidden]")
        keys(mia, "Enter")
    told(mia, "Sample 002 is approved and listed")
    assert Member.objects.listed().count() == 3


def test_a_key_held_down_decides_only_once(site, open_page):
    applications_waiting(9)
    mia = open_page()
    sign_in(site, mia)
    for key in ("Enter", "a"):
        open_desk(site, mia, Member.objects.awaiting_moderation().earliest("pk"))
        listed = Member.objects.listed().count()
        for _ in range(3):
            mia.keyboard.down(key)
            mia.wait_for_load_state("networkidle")
        mia.keyboard.up(key)
        assert Member.objects.listed().count() == listed + 1


def test_what_was_typed_stays_where_something_is_missing(site, open_page, complaints):
    applications_waiting(1)
    for javascript in (True, False):
        mia = open_page(javascript=javascript)
        sign_in(site, mia, f"mia-{javascript}")
        open_desk(site, mia, Member.objects.get())
        mia.get_by_label("Question to the contact").fill("A draft")
        mia.get_by_role("button", name="Decline").click()
        told(mia, "Choose or write the reason")
        assert mia.get_by_label("Question to the contact").input_value() == "A draft"
    complaints.clear()  # the browser notes each 422 that a script gets


def test_the_way_back_leads_to_the_entry_before(site, open_page):
    applications_waiting(2)
    mia = open_page()
    sign_in(site, mia)
    open_desk(site, mia, Member.objects.earliest("pk"))
    keys(mia, "Enter")
    at(mia, 1)
    mia.go_back()
    mia.get_by_role("button", name="Take off the list").wait_for()
    assert "Sample 000" in mia.title()


def test_staff_s_pages_are_accessible_by_day_and_by_night(site, open_page, complaints):
    listed = a_member("Example Company", slug="listed")
    applied = an_applicant("Example Co.", slug="applied", website="https://exаmple.org/")
    leaving = a_member("Sample Works")
    moderator = a_moderator("noor")
    now = timezone.now()
    decisions.ask(applied, actor=moderator, now=now, text="For whom?")
    decisions.note(applied, author=moderator, now=now, text="Met them in May.")
    changes = {"statement": "Other words.", "logo": None}
    changed = revisions.propose(listed, revisions.current_entry(listed) | changes, now=now)
    changes = {"contact_email": "robin@example.org", "logo": None}
    named = revisions.propose(leaving, revisions.current_entry(leaving) | changes, now=now)
    page = open_page()
    sign_in(site, page)

    def look():
        for width, color_scheme in ((1280, "light"), (390, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=color_scheme)
            page.wait_for_timeout(300)  # milliseconds: colours of the admin change slowly
            assert_accessible(page)

    for path in (
        "/admin/coalition/",
        ADMIN,
        f"{ADMIN}?state=all",
        *(f"{ADMIN}{member.pk}/change/" for member in (listed, applied)),
        f"{ADMIN}{applied.pk}/history/",
        f"{ADMIN}{listed.pk}/contact/",
        "/admin/coalition/revision/",
        *(f"/admin/coalition/revision/{revision.pk}/change/" for revision in (changed, named)),
        f"/admin/coalition/revision/{changed.pk}/history/",
    ):
        page.goto(site.url + path)
        look()

    page.goto(f"{site.url}{ADMIN}?state=all")
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").first.select_option("decline")
    page.locator(".actions button").first.click()
    page.get_by_text("entries are declined").wait_for()
    look()
    page.locator("input.default").click()
    page.locator(".errornote").wait_for()
    look()
    complaints.clear()  # axe itself writes a style into pages that scroll


def test_a_logo_hangs_in_the_middle_of_its_tile(site, open_page):
    logo = logos.drawn_anew(Image.new("RGB", (600, 400)))
    member = a_member(logo_alt="Black", logo="logos/x.webp", logo_width=600, logo_height=400)
    logo.give_to(member)
    member.save()
    page = open_page()
    page.goto(f"{site.url}/coalition/")
    tile, picture = page.locator(".tile__logo"), page.locator(".tile__logo img")
    middles = [
        (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        for box in (tile.bounding_box(), picture.bounding_box())
    ]
    assert middles[0] == pytest.approx(middles[1], abs=1)  # CSS px
