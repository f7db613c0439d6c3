"""No page that staff open asks the database more than fifteen queries, however much waits."""

import pytest
from django.contrib.messages import get_messages
from django.db.models import F, Q
from django.utils import timezone

from coalition import decisions, duplicates
from coalition.models import DeclineReason, Member, Question, Revision
from common.models import AuditEntry, OutboxMessage
from tests.coalition.cast import (
    ADMIN,
    a_member,
    an_applicant,
    edit_page,
    entry,
    picture,
    uploaded,
)
from tests.staff.addresses import below_admin, concrete
from tests.staff.cast import a_colleague

pytestmark = pytest.mark.django_db
REVISIONS = "/admin/coalition/revision/"
LISTS = [
    "/admin/",
    "/admin/coalition/",
    *(
        f"{ADMIN}?state={state}"
        for state in ("asked", "unconfirmed", "approved", "featured", "declined", "lapsed", "all")
    ),
    f"{ADMIN}?q=sample",
    f"{ADMIN}?q=pat@example.org",
    f"{ADMIN}?kind=company&o=-3",
    f"{REVISIONS}?state=unproven",
    f"{REVISIONS}?state=all",
]


def a_full_desk(client, many, mia):
    """So many of all that a page could show row by row, and one of each to look at."""
    now = timezone.now()
    waiting = an_applicant("Sample Works", slug="waiting")
    for number in range(many):
        decisions.note(waiting, author=mia, now=now, text="Note")
        decisions.ask(waiting, actor=mia, now=now, text="For whom?")
        Question.objects.update(answer="For all.", answered_at=now)
        decisions.decline(waiting, actor=mia, now=now, reason="Not yet")
        Member.objects.filter(pk=waiting.pk).update(status="pending")
        an_applicant("Sample Works", slug=f"sample-{number}")
        DeclineReason.objects.create(name=f"Reason {number}", text="Because.")
        member = a_member("Sample Work", slug=f"listed-{number}", featured_at=now)
        client.post(edit_page(member), entry(contact_email="robin@example.org"))
        member = a_member("Sample Work", slug=f"changing-{number}")
        client.post(edit_page(member), entry(statement="Other words."))
    assert len(duplicates.of(waiting)) == min(3 * many, duplicates.SHOWN)
    return {
        "coalition/member": waiting.pk,
        "listed": member.pk,
        "coalition/revision": member.revisions.get().pk,
        "coalition/declinereason": DeclineReason.objects.latest("pk").pk,
    }


@pytest.mark.parametrize("many", [2, 20])
def test_no_page_asks_more_than_fifteen_queries(client, many, django_assert_max_num_queries):
    mia = a_colleague("mia", "Manager")
    keys = a_full_desk(client, many, mia)
    client.force_login(mia)
    addresses = [address for address in below_admin() if address.startswith("coalition/")]
    assert len(addresses) > 15
    own = [f"{ADMIN}{keys['listed']}/{page}/" for page in ("change", "history", "contact")]
    for page in (*LISTS, *own, *(concrete(address, keys) for address in addresses)):
        with django_assert_max_num_queries(15, info=page):
            assert client.get(page).status_code in (200, 302, 403, 404, 405)


def test_the_page_that_asks_for_a_reason_asks_few_queries(client, django_assert_max_num_queries):
    client.force_login(a_colleague("mia", "Moderator"))
    ticked = [an_applicant("Sample", slug=f"sample-{number}").pk for number in range(20)]
    with django_assert_max_num_queries(15):
        page = client.post(ADMIN, {"action": "decline", "_selected_action": ticked})
    assert page.text.count("Sample") == 20


PRESSES = {
    "approve": {"_approve": ""},
    "decline": {"_decline": "", "reason": "And more."},
    "ask": {"_ask": "", "text": "For whom?"},
    "note": {"_note": "", "note": "Met them in May."},
}


@pytest.mark.parametrize("many", [2, 20])
@pytest.mark.parametrize("what", PRESSES)
def test_no_press_of_a_button_asks_more_than_fifteen_queries(
    client, many, what, django_assert_max_num_queries
):
    """Nor where it is the last of its kind, or a colleague was faster, or words are missing."""
    mia = a_colleague("mia", "Moderator")
    changing = a_member("Sample Works", slug="changing")
    client.post(edit_page(changing), entry(statement="Other words."))
    waiting = [an_applicant(f"Sample {number}") for number in range(many)]
    listed_reason = DeclineReason.objects.first().pk
    client.force_login(mia)

    def press(member, **answers):
        seen = {"seen": f"{member.pk}:pending:0", "listed_reason": listed_reason}
        with django_assert_max_num_queries(15):
            pressed = {**PRESSES[what], **seen, **answers}
            return client.post(f"{ADMIN}{member.pk}/decide/", pressed)

    for member in waiting:
        page = press(member)
    if what != "note":
        assert page.url.startswith(REVISIONS)
    assert press(waiting[0]).status_code == 302
    if what != "approve":
        nothing = {"reason": " ", "listed_reason": "", "text": " ", "note": " "}
        assert press(waiting[0], **nothing).status_code == 422


@pytest.mark.parametrize("many", [2, 20])
@pytest.mark.parametrize("action", ["approve", "decline"])
def test_nor_does_deciding_on_all_that_are_ticked(
    client, many, action, django_assert_max_num_queries
):
    """Nor where colleagues were faster with half of them, and put a question to one."""
    now = timezone.now()
    mia, noor = a_colleague("mia", "Moderator"), a_colleague("noor", "Moderator")
    client.force_login(mia)

    def decide(members):
        answers = {
            "action": action,
            "_selected_action": [member.pk for member in members],
            "seen": [f"{member.pk}:pending:0" for member in members],
            "listed_reason": DeclineReason.objects.first().pk,
        }
        with django_assert_max_num_queries(15):
            response = client.post(ADMIN, answers)
        return [str(message) for message in get_messages(response.wsgi_request)]

    alone = [an_applicant(f"Sample {number}") for number in range(many)]
    (told,) = decide(alone)
    assert told.startswith(f"{many} are {action}d")
    assert OutboxMessage.objects.count() == AuditEntry.objects.count() == many

    contested = [an_applicant(f"Contested {number}") for number in range(many)]
    decisions.decline(*contested[: many // 2], actor=noor, now=now, reason="No")
    decisions.ask(contested[-1], actor=noor, now=now, text="For whom?")
    told = decide(contested)
    for number in range(many // 2):
        assert any(f"Contested {number} was already" in text and "noor" in text for text in told)
    assert any(f"Contested {many - 1}: noor asked" in text for text in told)
    free = Member.objects.filter(name__startswith="Contested", status=f"{action}d")
    already_there = many // 2 if action == "decline" else 0
    assert free.count() - already_there == many - many // 2 - 1


@pytest.mark.parametrize("many", [2, 20])
@pytest.mark.parametrize("action", ["approve", "decline"])
def test_nor_does_deciding_on_all_changes_that_are_ticked(
    client, many, action, django_assert_max_num_queries, django_capture_on_commit_callbacks
):
    for number in range(many):
        slug = f"sample-{number}"
        typed = {"contact_email": f"robin+{number}@example.org"} if number % 2 else {}
        logo = {"logo": uploaded(picture()), "logo_alt": "Wheels"} if number < 2 else {}
        member = a_member("Sample", slug=slug)
        client.post(edit_page(member), entry(name="Sample", statement=slug, **typed, **logo))
    Revision.objects.update(contact_confirmed_at=timezone.now())
    client.force_login(a_colleague("mia", "Moderator"))
    answers = {
        "action": action,
        "_selected_action": list(Revision.objects.values_list("pk", flat=True)),
        "reason": "Not so.",
    }
    with django_capture_on_commit_callbacks(execute=True), django_assert_max_num_queries(15):
        client.post(REVISIONS, answers)
    assert Revision.objects.filter(status=f"{action}d").count() == many
    is_live = Q(statement=F("slug")) & (Q(link_epoch=1) | Q(contact_email="pat@example.org"))
    assert Member.objects.filter(is_live).count() == (many if action == "approve" else 0)
    for member in Member.objects.all():
        assert Member.objects.with_contact(member.contact_email).contains(member)
    told = OutboxMessage.objects.exclude(kind__startswith="coalition-contact-").count()
    assert told == many
    replaced = OutboxMessage.objects.filter(kind="coalition-contact-replaced").count()
    assert replaced == (many // 2 if action == "approve" else 0)


@pytest.mark.parametrize("has_another_waiting", [False, True])
def test_nor_does_naming_another_contact(
    client, has_another_waiting, django_assert_max_num_queries
):
    member = a_member()
    if has_another_waiting:
        logo = {"logo": uploaded(picture()), "logo_alt": "Wheels"}
        client.post(edit_page(member), entry(contact_email="sam@example.org", **logo))
    client.force_login(a_colleague("mia", "Moderator"))
    robin = {"contact_name": "Robin", "contact_role": "Head", "contact_email": "robin@example.org"}
    with django_assert_max_num_queries(15):
        client.post(f"{ADMIN}{member.pk}/contact/", robin)
    assert member.revisions.pending().get().new_address == "robin@example.org"


@pytest.mark.parametrize("press", [{"_approve": ""}, {"_decline": "", "reason": "Not so."}])
@pytest.mark.parametrize(
    "changes",
    [
        {"statement": "Other words."},
        {"contact_name": "Robin"},
        {"contact_email": "robin@example.org", "logo_alt": "Wheels"},
    ],
)
def test_nor_does_deciding_on_a_change(client, press, changes, django_assert_max_num_queries):
    member = a_member()
    logo = {"logo": uploaded(picture())} if "logo_alt" in changes else {}
    client.post(edit_page(member), entry(**changes, **logo))
    Revision.objects.update(contact_confirmed_at=timezone.now())
    client.force_login(a_colleague("mia", "Moderator"))
    address = f"{REVISIONS}{member.revisions.get().pk}/decide/"
    for _first_and_late in range(2):
        with django_assert_max_num_queries(15):
            client.post(address, press)
