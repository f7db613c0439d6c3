"""A member changes its entry: a diff to approve, and the old text until then."""

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from coalition import revisions
from coalition.models import Member, Revision
from common.models import OutboxMessage
from tests.coalition.cast import (
    a_member,
    a_moderator,
    an_applicant,
    edit_page,
    entry,
    link_in,
    mailed,
    picture,
    uploaded,
)

pytestmark = pytest.mark.django_db
QUEUE = "/admin/coalition/revision/"


@pytest.fixture
def mia(client):
    moderator = a_moderator("mia")
    client.force_login(moderator)
    return moderator


def decide(client, revision, button, **typed):
    return client.post(f"{QUEUE}{revision.pk}/decide/", {button: "", **typed}, follow=True).text


def test_the_link_comes_by_mail_and_the_answer_is_the_same_whoever_asks(client):
    a_member()
    known = client.post("/coalition/link/", {"email": "PAT@example.org"})
    unknown = client.post("/coalition/link/", {"email": "nobody@example.org"})
    assert known.status_code == unknown.status_code == 303
    assert known["Location"] == unknown["Location"]
    (sent,) = mailed()
    assert sent.to == ["pat@example.org"]
    assert client.get(link_in(sent, "edit")).status_code == 200


def test_each_link_goes_to_the_address_that_its_member_gave(client):
    a_member("First Sample", contact_email="Pat@Example.org")
    a_member("Second Sample", contact_email="pat+coalition@example.org")
    a_member("Third Sample", contact_email="robin@example.org")
    client.post("/coalition/link/", {"email": "pat+typed@example.org"})
    sent = {message.subject: message.to for message in mailed()}
    assert sent == {
        "The link to the entry of First Sample": ["Pat@Example.org"],
        "The link to the entry of Second Sample": ["pat+coalition@example.org"],
    }
    assert not OutboxMessage.objects.filter(recipient="pat+typed@example.org").exists()


@pytest.mark.parametrize("status", ["pending", "declined"])
def test_no_link_leads_to_what_was_never_listed(client, status):
    member = an_applicant(status=status)
    client.post("/coalition/link/", {"email": "pat@example.org"})
    assert mailed() == []
    assert client.get(edit_page(member)).status_code == 404


def test_the_page_keeps_the_old_text_until_staff_approve(client, mia):
    member = a_member()
    response = client.post(edit_page(member), entry(statement="Core hours run from one to two."))
    assert response.status_code == 303
    assert "keeps its text until" in client.get(response["Location"]).text
    assert "from ten to two" in client.get(member.get_absolute_url()).text
    revision = Revision.objects.get()
    assert revision.proposed == {"statement": "Core hours run from one to two."}
    desk = client.get(f"{QUEUE}{revision.pk}/change/").text
    assert "Core hours run from <del>ten</del><ins>one</ins> to two." in desk
    decide(client, revision, "_approve")
    assert "from one to two" in client.get(member.get_absolute_url()).text
    (sent,) = mailed()
    assert sent.subject == "The changes to Example Co. are live"


def test_a_text_that_is_mostly_new_is_not_torn_into_shreds(client, mia):
    client.post(
        edit_page(a_member()), entry(statement="We share two jobs, and the hours they run.")
    )
    desk = client.get(f"{QUEUE}{Revision.objects.get().pk}/change/").text
    assert "<del>Core hours run from ten to two.</del><ins>We share two jobs," in desk


def test_declined_changes_leave_the_page_and_their_reason_is_read(client, mia):
    member = a_member()
    client.post(edit_page(member), entry(name="Bargain Store"))
    assert "Choose or write the reason" in decide(client, Revision.objects.get(), "_decline")
    decide(client, Revision.objects.get(), "_decline", reason="That is another name.")
    assert Member.objects.get().name == "Example Co."
    (sent,) = mailed()
    assert "That is another name." in sent.body
    assert edit_page(member) in sent.body


def test_who_sends_nothing_new_leaves_nothing_to_decide(client):
    member = a_member()
    assert client.post(edit_page(member), entry()).status_code == 303
    assert not Revision.objects.exists()


def test_a_later_change_replaces_the_one_that_waits(client, mia):
    member = a_member()
    client.post(edit_page(member), entry(statement="First"))
    client.post(edit_page(member), entry(statement="Second"))
    first, second = Revision.objects.order_by("pk")
    assert (first.status, second.status) == ("replaced", "pending")
    assert "Second" in client.get(edit_page(member)).text
    assert "was already moved to “Replaced by a later one”" in decide(client, first, "_approve")
    assert Member.objects.get().statement == "Core hours run from ten to two."


def test_the_second_moderator_is_told_what_the_first_did(client, mia):
    member = a_member()
    client.post(edit_page(member), entry(statement="New"))
    revision = Revision.objects.get()
    revisions.approve(revision, actor=a_moderator("noor"), now=timezone.now())
    assert "to “Approved” by noor" in decide(client, revision, "_decline", reason="No")
    assert Member.objects.get().statement == "New"
    assert OutboxMessage.objects.count() == 1


def test_a_new_logo_waits_as_well_and_files_nobody_needs_are_deleted(
    client, mia, django_capture_on_commit_callbacks
):
    def files():
        return sorted(default_storage.listdir("logos")[1])

    member = a_member()
    for size in ((30, 20), (60, 40)):
        with django_capture_on_commit_callbacks(execute=True):
            logo = uploaded(picture(size))
            client.post(edit_page(member), entry(logo=logo, logo_alt="Wheels"))
        assert len(files()) == 4
    assert not Member.objects.get().logo
    revision = Revision.objects.get(status="pending")
    assert (
        revision.logo.url.replace(".webp", "-1x.png")
        in client.get(f"{QUEUE}{revision.pk}/change/").text
    )
    decide(client, revision, "_approve")
    member.refresh_from_db()
    assert (member.logo_width, member.logo_alt) == (60, "Wheels")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(edit_page(member), entry(logo=uploaded(picture()), logo_alt="Wheels"))
        decide(client, Revision.objects.get(status="pending"), "_approve")
    assert len(files()) == 4
    assert Member.objects.get().logo_width == 300


def test_a_logo_that_waits_goes_along_with_later_changes_until_they_are_taken_back(
    client, mia, django_capture_on_commit_callbacks
):
    member = a_member()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(edit_page(member), entry(logo=uploaded(picture()), logo_alt="Wheels"))
        client.post(edit_page(member), entry(logo_alt="Wheels", statement="Other words."))
    waiting = Revision.objects.get(status="pending")
    assert default_storage.exists(waiting.logo.name)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{edit_page(member)}take-back/")
    assert default_storage.listdir("logos")[1] == []


def test_a_logo_keeps_its_words(client):
    member = a_member(logo="logos/x.webp", logo_alt="A", logo_width=3, logo_height=2)
    response = client.post(edit_page(member), entry(logo_alt=""))
    assert list(response.context["form"].errors) == ["logo_alt"]


@pytest.mark.parametrize("bad", [{"name": ""}, {"website": "javascript:alert(1)"}])
def test_a_mistake_is_answered_with_422_and_keeps_what_was_typed(client, bad):
    response = client.post(edit_page(a_member()), entry(statement="Typed", **bad))
    assert response.status_code == 422
    assert "Typed" in response.text
    assert not Revision.objects.exists()


def test_the_address_of_a_page_stays_when_its_name_changes(client, mia):
    member = a_member()
    client.post(edit_page(member), entry(name="Sample Works"))
    decide(client, Revision.objects.get(), "_approve")
    assert "Sample Works" in client.get("/coalition/example-co/").text


def test_many_changes_are_approved_at_once_and_in_few_queries(
    client, mia, django_assert_max_num_queries
):
    for number in range(20):
        member = a_member(f"Sample {number}")
        client.post(edit_page(member), entry(name=f"Sample {number}", statement="New"))
    with django_assert_max_num_queries(15):
        client.get(QUEUE)
    with django_assert_max_num_queries(15):
        client.get(f"{QUEUE}{Revision.objects.first().pk}/change/")
    ticked = list(Revision.objects.values_list("pk", flat=True))
    client.post(QUEUE, {"action": "approve", "_selected_action": ticked})
    assert Member.objects.filter(statement="New").count() == 20


def test_a_stranger_gets_nowhere(client):
    member = a_member()
    for path in (edit_page(member)[:-2] + "x/", f"/coalition/edit/{member.token('stop')}/"):
        assert client.get(path).status_code == 404
        assert client.post(path, entry(name="Mine")).status_code == 404
    client.post(edit_page(member), entry(name="Mine"), headers={"origin": "https://evil.example"})
    assert not Revision.objects.exists()
    assert client.get(QUEUE).status_code == 302


def test_who_may_only_look_cannot_decide_on_changes(client):
    viewer = a_moderator("vera")
    viewer.user_permissions.remove(*viewer.user_permissions.filter(codename="change_member"))
    client.force_login(viewer)
    client.post(edit_page(a_member()), entry(name="Other"))
    revision = Revision.objects.get()
    assert client.get(f"{QUEUE}{revision.pk}/change/").status_code == 200
    response = client.post(f"{QUEUE}{revision.pk}/decide/", {"_approve": ""})
    assert response.status_code == 403
