"""An organisation's whole way into the coalition and back, and a moderator's morning."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coalition import decisions, freshness, revisions
from coalition.models import Member
from tests.browser.conftest import assert_accessible
from tests.coalition.cast import ADMIN, a_member, a_moderator, an_applicant, link_in, mailed

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(site, page, name="mia"):
    a_moderator(name)
    page.goto(f"{site.url}/admin/login/?next={ADMIN}")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill("moderates")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Select member to change").wait_for()


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
    mia.get_by_text("the question is on its way").wait_for()

    (question,) = mailed()
    pat.goto(site.url + link_in(question, "answer"))
    pat.get_by_label("Your answer").fill("For two of us.")
    pat.get_by_role("button", name="Send the answer").click()
    pat.get_by_text("We have your answer").wait_for()

    open_first(site, mia)
    mia.get_by_text("For two of us.").wait_for()
    mia.get_by_label("Reason:").select_option(label="No word on how it works")
    mia.get_by_role("button", name="Decline").click()
    mia.get_by_text("Example Co. is declined").wait_for()
    (declined,) = mailed()
    assert "which kind you offer" in declined.body

    apply(site, pat, "Core hours run from ten to two.")
    open_first(site, mia)
    mia.get_by_text("same website").wait_for()
    mia.get_by_role("button", name="Approve").click()
    mia.get_by_text("Example Co. is approved and listed").wait_for()
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
    mia.get_by_text("are live").wait_for()
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


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_a_morning_of_applications_is_worked_through_by_keyboard(site, open_page, javascript):
    count = 20 if javascript else 5
    for number in range(count):
        an_applicant(f"Sample {number:03}", website=f"https://s{number}.example/")
    mia = open_page(javascript=javascript)
    sign_in(site, mia)
    mia.goto(f"{site.url}{ADMIN}{Member.objects.earliest('pk').pk}/change/")
    for left in range(count, 0, -1):
        mia.locator("[name=_approve]:focus").wait_for()
        assert Member.objects.awaiting_moderation().count() == left
        with mia.expect_navigation():
            mia.keyboard.press("Enter")
    mia.get_by_role("heading", name="Select member to change").wait_for()
    assert Member.objects.listed().count() == count


def test_all_of_it_is_within_reach_of_the_tabulator(site, open_page):
    an_applicant()
    mia = open_page()
    sign_in(site, mia)
    open_first(site, mia)
    reached = []
    for _ in range(8):
        reached.append(mia.evaluate("document.activeElement.name"))
        mia.keyboard.press("Tab")
    assert reached == [
        *("_approve", "text", "_ask", "listed_reason", "reason", "_decline"),
        *("note", "_note"),
    ]


def test_staff_s_pages_are_accessible_by_day_and_by_night(site, open_page, complaints):
    members = [
        a_member("Example Company", slug="listed"),
        an_applicant("Example Co.", slug="applied", website="https://exаmple.org/"),
    ]
    moderator = a_moderator("noor")
    now = timezone.now()
    decisions.ask(members[1], actor=moderator, now=now, text="For whom?")
    decisions.note(members[1], author=moderator, now=now, text="Met them in May.")
    entry = revisions.current_entry(members[0]) | {"statement": "Other words.", "logo": None}
    revision = revisions.propose(members[0], entry, now=now)
    page = open_page()
    sign_in(site, page)
    for path in (
        ADMIN,
        f"{ADMIN}?state=all",
        *(f"{ADMIN}{member.pk}/change/" for member in members),
        "/admin/coalition/revision/",
        f"/admin/coalition/revision/{revision.pk}/change/",
    ):
        page.goto(site.url + path)
        for color_scheme in ("light", "dark"):
            page.emulate_media(color_scheme=color_scheme)
            page.wait_for_timeout(300)  # milliseconds: colours of the stock admin change slowly
            assert_accessible(page)
    complaints.clear()  # axe itself writes a style into pages that scroll
