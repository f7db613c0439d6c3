"""What strangers type stands in mails to others: as words, never as links or headers."""

import html
import re

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import mail
from django.utils import timezone

from coalition import decisions, revisions
from coalition.models import Member
from common import outbox
from common.models import OutboxMessage
from common.text import unlinked
from pledges.models import NewAddress, Pledge
from tests.coalition import cast
from tests.pledges import people

pytestmark = pytest.mark.django_db

# As it may have come in before a form refused it, or through the admin.
NAME = "Evil.Example://evil.example/x,www.evil.example,win@evil.example\uff0ecom"
LINK = re.compile(r"://|[\w-]+[.\uff0e\u3002][^\W\d_]{2,}")
NOBODYS_WORDS = {
    "pledge-milestone", "pledge-drift", "provider-sinking", "coalition-links",
    "staff-invitation", "staff-password", "staff-notice",
}  # fmt: skip


def the_pledge(kind, now):
    make = people.a_supporter if kind != "pledge-reminder" else people.a_pledge
    pledge = make(name=NAME)
    if kind == "pledge-new-address":
        NewAddress.objects.create(pledge=pledge, email="new@example.org", asked_at=now)
        return "new@example.org", {"pledge_id": pledge.pk}
    asked = kind in ("pledge-signed", "pledge-link")
    return pledge.email, {} if asked else {"pledge_id": pledge.pk}


def the_member(kind, now):
    colleague = get_user_model().objects.create_user("mia", is_staff=True)
    facts = {"slug": "evil", "contact_name": NAME, "statement": NAME}
    if kind == "coalition-confirm":
        cast.a_member("Other.Example", slug="other")
        facts["contact_confirmed_at"] = None
    is_new = kind in ("coalition-confirm", "coalition-question", "coalition-declined")
    member = (cast.an_applicant if is_new else cast.a_member)(NAME, **facts)
    about = {"member_id": member.pk}
    if kind == "coalition-question":
        return {"question_id": decisions.ask(member, text="Why?", actor=colleague, now=now).pk}
    if kind == "coalition-declined":
        decisions.decline(member, actor=colleague, now=now, reason="Not yet.")
        return OutboxMessage.objects.get(kind=kind).payload
    if kind == "coalition-approved":
        return about | {"decision_id": 0}
    if kind == "coalition-lapsed":
        Member.objects.update(status="lapsed", lapsed_at=now)
    if kind in ("coalition-revised", "coalition-not-revised"):
        entry = revisions.current_entry(member) | {"country": "FR", "logo": None}
        revision = revisions.propose(member, entry, now=now)
        end = revisions.approve if kind == "coalition-revised" else revisions.decline
        end(
            revision,
            actor=colleague,
            now=now,
            **({"reason": "No."} if end is revisions.decline else {}),
        )
        return {"revision_id": revision.pk}
    if kind in ("coalition-contact-confirm", "coalition-contact-named"):
        entry = revisions.current_entry(member) | {
            "logo": None, "contact_email": "new@localhost", "contact_name": NAME,
        }  # fmt: skip
        revisions.propose(member, entry, now=now)
    return about


def mail_of(kind):
    now = timezone.now()
    if kind.startswith("pledge-"):
        recipient, payload = the_pledge(kind, now)
    else:
        payload = the_member(kind, now)
        recipient = "new@localhost" if kind == "coalition-contact-confirm" else "pat@example.org"
    OutboxMessage.objects.all().delete()
    outbox.put(kind, recipient, now=now, **payload)
    mail.outbox.clear()
    outbox.deliver_due(now=now)
    (sent,) = mail.outbox
    return sent


@pytest.mark.parametrize("kind", sorted(set(outbox._messages) - NOBODYS_WORDS))
def test_no_name_and_no_word_of_a_stranger_becomes_a_link_in_any_mail(kind):
    sent = mail_of(kind)
    written = sent.alternatives[0][0]
    addresses = re.findall(r'href="([^"]+)"', written)
    assert all(address.startswith(settings.SITE_URL) for address in addresses)
    for part in (sent.subject, sent.body, html.unescape(re.sub(r"<[^>]+>", " ", written))):
        words = re.sub(re.escape(settings.SITE_URL) + r"\S*", "", part)
        assert not LINK.search(words)
    is_named = "evil" in sent.body
    assert is_named == (kind != "pledge-reminder")


def test_names_of_people_and_organisations_can_still_be_read():
    for name, in_a_mail in [
        ("Robin Example", "Robin Example"),
        ("J.R. Smith", "J. R. Smith"),
        ("St.James", "St. James"),
        ("Mary-Jane O'Neil jr.", "Mary-Jane O'Neil jr."),
        ("Booking.com", "Booking. com"),
        ("Version 2.5 e.V.", "Version 2.5 e. V."),
        ("د.أحمد", "د. أحمد"),
    ]:
        assert unlinked(name) == in_a_mail


def test_a_line_break_in_a_name_adds_no_header():
    member = cast.a_member("Example\r\nBcc: all@example.org")
    outbox.put("coalition-link", member.contact_email, now=timezone.now(), member_id=member.pk)
    outbox.deliver_due(now=timezone.now())
    (sent,) = mail.outbox
    headers = sent.message()
    assert headers["Bcc"] is None
    assert sent.recipients() == ["pat@example.org"]
    assert "Example Bcc: all@example" in headers["Subject"]


@pytest.mark.parametrize(
    "name",
    [
        "evil.example", "see evil.example now", "EVIL.COM", "x.com", "evil.рф", "evil.xn--p1ai",
        "evil\uff0ecom", "evil\u2024com", "ｅｖｉｌ.ｃｏｍ", "a-b.co.uk", "@robin", "win@evil.example",
        "win＠evil", "https://evil", "www.evil", "evil.Example/x", "Robin\u202eExample", "Robin\u2066",
        "Robin\nExample", "Robin\rExample", "Robin\x0bExample", "Robin\u2028Example", "Robin\x85E",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("address", "form", "field"),
    [
        ("/pledge/", people.answers, "name"),
        ("/embed/", people.answers, "name"),
        (cast.APPLY, cast.answers, "contact_name"),
    ],
)
def test_a_link_for_a_name_is_refused_kindly_and_loses_nothing(client, address, form, field, name):
    response = client.post(address, form(**{field: name}))
    assert response.status_code == 422
    page = html.unescape(response.content.decode())
    assert "There is a problem" in page
    assert name.replace("\r", "\n").splitlines()[0] in page.replace("\r", "\n")
    assert not Pledge.objects.exists()
    assert not Member.objects.exists()
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "J.R. Smith", "J.R.Smith", "J. R. R. Sample", "St. John", "St.John", "d'Arc", "d’Arc",
        "Mary-Jane O'Neil jr.", "Dr. Ana St.James", "Dipl.-Ing. Test", "Robin Example, Ph.D.",
        "Robin Example M.Sc.", "j. smith", "د.أحمد", "王·小明", "डॉ.राम", "Robin E.", "Jos\u0301e",
    ],
)  # fmt: skip
def test_names_with_full_stops_and_apostrophes_are_taken(client, name):
    assert client.post("/pledge/", people.answers(name=name)).status_code == 303
    applied = client.post(cast.APPLY, cast.answers(contact_name=name))
    assert applied.status_code == 303
