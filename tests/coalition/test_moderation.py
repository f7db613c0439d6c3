from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from coalition import decisions
from coalition.models import Member
from common import addresses, moderation, outbox
from common.models import AuditEntry, OutboxMessage, SuppressedAddress
from tests.at_once import THREADS, at_once
from tests.coalition.cast import ADMIN, a_member, a_moderator, an_applicant, picture, uploaded

pytestmark = pytest.mark.django_db


@pytest.fixture
def mia(client):
    moderator = a_moderator("mia")
    client.force_login(moderator)
    return moderator


def act(client, action, *members, **answers):
    ticked = {"_selected_action": [member.pk for member in members]}
    return client.post(ADMIN, {"action": action, **ticked, **answers}, follow=True)


def press(client, member, to, reason="", *, seen=None):
    """A button on the member's page, which showed it in the status `seen`."""
    button = {"approved": "_approve", "declined": "_decline"}[to]
    answers = {
        button: "Pressed",
        "reason": reason,
        "seen": f"{member.pk}:{seen or status_of(member)}",
    }
    return client.post(f"{ADMIN}{member.pk}/decide/", answers, follow=True)


def status_of(member):
    return Member.objects.get(pk=member.pk).status


def mailed():
    outbox.deliver_due(now=timezone.now())
    return mail.outbox


def test_an_approved_member_is_listed_and_its_contact_told(client, mia):
    member = an_applicant()
    response = act(client, "approve", member)
    assert "Example Co. is approved and listed" in response.text
    assert "Example Co." in client.get("/coalition/").text
    assert client.get("/coalition/example-co/").status_code == 200
    assert "example-co" in client.get("/sitemap.xml").text
    (sent,) = mailed()
    assert sent.to == ["pat@example.org"]
    assert sent.subject == "Example Co. is in the coalition"
    assert "/coalition/example-co/" in sent.body


def test_a_declined_applicant_reads_the_reason(client, mia):
    member = an_applicant()
    asked = act(client, "decline", member)
    assert status_of(member) == "pending"
    assert "Example Co." in asked.text
    assert "Choose or write the reason" in act(client, "decline", member, reason="  ").text
    act(client, "decline", member, reason="Say which kind.\n<b>Then</b> apply again.")
    assert status_of(member) == "declined"
    assert client.get("/coalition/example-co/").status_code == 404
    (sent,) = mailed()
    assert "Say which kind.\n<b>Then</b> apply again." in sent.body
    assert "Say which kind.<br>&lt;b&gt;Then&lt;/b&gt;" in sent.alternatives[0][0]


def test_many_are_decided_at_once(client, mia):
    members = [an_applicant(f"Sample {number}") for number in range(5)]
    assert "5 are approved" in act(client, "approve", *members).text
    assert Member.objects.listed().count() == 5
    act(client, "decline", *members[:2], reason="On reflection")
    assert Member.objects.listed().count() == 3
    outbox.deliver_due(now=timezone.now())
    subjects = [sent.subject for sent in mail.outbox]
    # Whoever was declined before the mail went out does not read that they are listed.
    assert len([subject for subject in subjects if "is in the coalition" in subject]) == 3
    assert len([subject for subject in subjects if subject.startswith("About")]) == 2


def test_every_decision_is_in_the_history_with_who_when_and_why(client, mia):
    member = an_applicant()
    before = timezone.now()
    act(client, "approve", member)
    act(client, "decline", member, reason="They asked to leave")
    last, first = moderation.history(member)
    assert (first.from_status, first.action, first.actor) == ("pending", "approved", mia)
    assert (last.from_status, last.action, last.why) == (
        "approved",
        "declined",
        "They asked to leave",
    )
    assert before <= first.at <= last.at
    for page in ("change", "history"):
        shown = client.get(f"{ADMIN}{member.pk}/{page}/").text
        assert "They asked to leave" in shown
        assert "mia" in shown


def test_the_buttons_on_the_page_decide_and_lead_on_to_the_next(client, mia):
    now = timezone.now()
    second = an_applicant("Second", created_at=now)
    first = an_applicant("First", created_at=now - timedelta(days=1))
    assert b'name="_approve"' in client.get(f"{ADMIN}{first.pk}/change/").content
    response = press(client, first, "approved")
    assert status_of(first) == "approved"
    assert response.redirect_chain[-1][0] == f"{ADMIN}{second.pk}/change/"
    assert "Choose or write the reason" in press(client, second, "declined").text
    assert status_of(second) == "pending"
    response = press(client, second, "declined", "No website there")
    assert status_of(second) == "declined"
    assert response.redirect_chain[-1][0] == ADMIN


def test_after_one_from_the_middle_of_the_queue_the_one_behind_it_comes(client, mia):
    now = timezone.now()
    first, middle, last = (
        an_applicant(f"Sample {day}", created_at=now + timedelta(days=day)) for day in range(3)
    )
    assert press(client, middle, "approved").redirect_chain[-1][0] == f"{ADMIN}{last.pk}/change/"
    assert press(client, last, "approved").redirect_chain[-1][0] == f"{ADMIN}{first.pk}/change/"


def test_a_member_can_be_taken_off_the_list_and_come_back_with_its_first_date(client, mia):
    joined = timezone.now() - timedelta(days=90)
    member = a_member(approved_at=joined)
    press(client, member, "declined", "Closed down")
    assert client.get("/coalition/example-co/").status_code == 404
    assert "we have taken your page down" in mailed()[0].body
    press(client, member, "approved")
    assert client.get("/coalition/example-co/").status_code == 200
    assert Member.objects.get().approved_at == joined


def test_the_second_moderator_is_told_what_the_first_did(client, mia):
    member = an_applicant()
    decisions.approve(member, actor=a_moderator("noor"), now=timezone.now())
    response = press(client, member, "approved", seen="pending")
    assert "was already moved to “Approved” by noor" in response.text
    assert "by noor" in act(client, "approve", member).text
    assert AuditEntry.objects.count() == 1
    assert OutboxMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "to_status"),
    [
        ("approved", "approved"),
        ("declined", "declined"),
        ("pending", "lapsed"),
        ("declined", "lapsed"),
        ("approved", "pending"),
        ("declined", "pending"),
        ("lapsed", "pending"),
    ],
)
def test_other_moves_are_illegal(status, to_status):
    member = an_applicant(status=status, approved_at=timezone.now())
    with pytest.raises(moderation.IllegalMove):
        moderation.move(member, to_status, actor=None, now=timezone.now())
    assert status_of(member) == status


def test_the_database_refuses_what_cannot_be():
    for facts in (
        {"status": "famous"},
        {"kind": "cat"},
        {"flexibility": ["sometimes"]},
        {"status": "approved", "approved_at": None},
        {"name": ""},
        {"country": "Ca"},
        {"logo": "logos/x.webp"},
        {"logo": "logos/x.webp", "logo_width": 1, "logo_height": 1},
        {"logo_width": 1},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            an_applicant(**({"name": "Sample"} | facts), slug="sample")


@pytest.mark.parametrize("choices", [["approved"], ["declined"], ["approved", "declined"]])
@pytest.mark.django_db(transaction=True)
def test_of_twelve_deciding_at_once_one_does_with_one_mail_and_eleven_are_told(choices):
    member = an_applicant()
    moderators = [a_moderator(f"moderator-{number}") for number in range(THREADS)]

    def decide(number):
        browser = Client()
        browser.force_login(moderators[number])
        to = choices[number % len(choices)]
        return press(browser, member, to, "No", seen="pending").text

    pages = at_once(decide)
    decision = AuditEntry.objects.get()
    assert status_of(member) == decision.action
    assert OutboxMessage.objects.count() == 1
    told = f"was already moved to “{Member.objects.get().get_status_display()}” by {decision.actor}"
    assert len([page for page in pages if told in page]) == THREADS - 1


def test_an_old_page_cannot_undo_what_a_colleague_decided_since(client, mia):
    member = an_applicant()
    decisions.approve(member, actor=a_moderator("noor"), now=timezone.now())
    seen = f"{member.pk}:pending"
    assert "by noor" in act(client, "decline", member, reason="No", seen=seen).text
    assert status_of(member) == "approved"
    assert f'value="{member.pk}:approved:0"' in client.get(ADMIN, {"state": "all"}).text
    asked = act(client, "decline", member, seen=seen).text
    assert f'value="{seen}:0"' in asked


def test_the_queue_shows_what_is_to_decide_oldest_first(client, mia):
    now = timezone.now()
    an_applicant("Younger", created_at=now)
    an_applicant("Older", created_at=now - timedelta(days=3))
    an_applicant("Silent", contact_confirmed_at=None)
    a_member("Listed")
    names = [member.name for member in client.get(ADMIN).context["cl"].result_list]
    assert names == ["Older", "Younger"]
    silent = client.get(ADMIN, {"state": "unconfirmed"}).context["cl"].result_list
    assert [member.name for member in silent] == ["Silent"]
    listed = client.get(ADMIN, {"state": "approved"}).context["cl"].result_list
    assert [member.name for member in listed] == ["Listed"]
    assert len(client.get(ADMIN, {"state": "all"}).context["cl"].result_list) == 4


def test_a_search_looks_in_every_state_and_finds_contacts_by_address(client, mia):
    a_member("Café Zürich", contact_email="pat@zurich.example")
    for words in ("cafe zurich", "zurihc", "PAT@zurich.example"):
        found = client.get(ADMIN, {"q": words}).context["cl"].result_list
        assert [member.name for member in found] == ["Café Zürich"]


def test_an_unconfirmed_applicant_is_marked_and_can_be_approved(client, mia):
    member = an_applicant(contact_confirmed_at=None)
    assert "The contact has not confirmed" in client.get(f"{ADMIN}{member.pk}/change/").text
    assert "contact not confirmed" in act(client, "decline", member).text
    act(client, "approve", member)
    assert status_of(member) == "approved"


def test_facts_cannot_be_changed_in_the_admin(client, mia):
    member = an_applicant()
    client.post(f"{ADMIN}{member.pk}/change/", {"name": "Other", "status": "approved"})
    kept = Member.objects.get()
    assert (kept.name, kept.status) == ("Example Co.", "pending")
    assert client.get(f"{ADMIN}add/").status_code == 403


def test_who_may_only_look_cannot_decide(client):
    viewer = a_moderator("vera")
    viewer.user_permissions.remove(*viewer.user_permissions.filter(codename="change_member"))
    client.force_login(viewer)
    member = an_applicant()
    assert client.post(f"{ADMIN}{member.pk}/decide/", {"_approve": ""}).status_code == 403
    assert b'name="_approve"' not in client.get(f"{ADMIN}{member.pk}/change/").content
    act(client, "approve", member)
    assert status_of(member) == "pending"


def test_a_stranger_cannot_decide(client):
    member = an_applicant()
    assert press(client, member, "approved").redirect_chain[0][0].startswith("/admin/login/")
    assert status_of(member) == "pending"


def test_deciding_takes_a_post_on_a_member_that_exists(client, mia):
    member = an_applicant()
    assert client.get(f"{ADMIN}{member.pk}/decide/").status_code == 405
    assert client.post(f"{ADMIN}{member.pk + 1}/decide/", {"_approve": ""}).status_code == 404
    assert client.post(f"{ADMIN}nonsense/decide/", {"_approve": ""}).status_code == 404


def test_a_deleted_member_takes_its_logo_along(admin_client, django_capture_on_commit_callbacks):
    member = a_member(
        logo=uploaded(picture(), "logo.webp"), logo_alt="A", logo_width=300, logo_height=200
    )
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(f"{ADMIN}{member.pk}/delete/", {"post": "yes"})
    assert not Member.objects.exists()
    assert not member.logo.storage.exists(member.logo.name)


def test_the_logo_is_shown_to_the_moderator(client, mia):
    member = an_applicant(
        logo="logos/x.webp", logo_alt="Two wheels", logo_width=600, logo_height=400
    )
    page = client.get(f"{ADMIN}{member.pk}/change/").text
    assert page.count('<img src="/media/logos/x-1x.png"') == 2
    assert 'width="300" height="200" alt="The logo on dark ground"' in page


def test_a_foreign_letter_in_the_website_is_shown_to_the_moderator(client, mia):
    member = an_applicant(website="https://exаmple.org/")  # the third letter is Cyrillic
    assert "xn--exmple-4nf.org" in client.get(f"{ADMIN}{member.pk}/change/").text


@pytest.mark.parametrize("waiting", [2, 20])
def test_the_queue_takes_few_queries_however_long(
    client, mia, waiting, django_assert_max_num_queries
):
    members = [an_applicant(f"Sample {number}") for number in range(waiting)]
    with django_assert_max_num_queries(15):
        client.get(ADMIN)
    with django_assert_max_num_queries(15):
        client.get(f"{ADMIN}{members[0].pk}/change/")


@pytest.mark.django_db(transaction=True)
def test_of_many_ticking_overlapping_parts_of_the_queue_each_entry_is_decided_once():
    members = [an_applicant(f"Sample {number}") for number in range(8)]
    moderators = [a_moderator(f"moderator-{number}") for number in range(8)]

    def decide(number):
        """Each ticks all but one, and starts elsewhere in the queue."""
        browser = Client()
        browser.force_login(moderators[number])
        ticked = members[number + 1 :] + members[:number]
        seen = [f"{member.pk}:pending:0" for member in ticked]
        action = ("approve", "decline")[number % 2]
        return act(browser, action, *ticked, seen=seen, reason="No").text

    pages = at_once(decide, len(moderators))
    decided = AuditEntry.objects.moves()
    assert {entry.subject_id: entry.action for entry in decided} == {
        member.pk: status_of(member) for member in members
    }
    assert decided.count() == OutboxMessage.objects.count() == len(members)
    told = sum(page.count("was already moved to") for page in pages)
    assert told == len(moderators) * (len(members) - 1) - len(members)


def test_nobody_who_wants_no_mail_gets_one_where_many_are_decided(client, mia):
    members = [
        an_applicant(name, contact_email=f"{name.lower()}@example.org") for name in ("Ada", "Ben")
    ]
    hashed = addresses.keyed_hash(addresses.canonical("ben@example.org"))
    SuppressedAddress.objects.create(address_hash=hashed, created_at=timezone.now())
    act(client, "approve", *members)
    assert Member.objects.listed().count() == 2
    assert [sent.to for sent in mailed()] == [["ada@example.org"]]


def test_each_of_many_keeps_the_day_it_joined(client, mia):
    joined = timezone.now() - timedelta(days=400)
    back = a_member("Back", approved_at=joined, status="lapsed", lapsed_at=timezone.now())
    new = an_applicant("New")
    act(client, "approve", back, new)
    back.refresh_from_db()
    new.refresh_from_db()
    assert (back.approved_at, back.lapsed_at) == (joined, None)
    assert back.reaffirmed_at == new.approved_at > joined
    assert new.reaffirmed_at is None
