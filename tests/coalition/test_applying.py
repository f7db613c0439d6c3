import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.utils import timezone

from coalition import applications
from coalition.models import Member
from common import outbox
from common.models import OutboxMessage
from tests.coalition.cast import APPLY, an_applicant, answers, picture, uploaded

pytestmark = pytest.mark.django_db


def mailed():
    outbox.deliver_due(now=timezone.now())
    return mail.outbox


def confirmation_path():
    (sent,) = mailed()
    (path,) = re.findall(r"http\S+(/coalition/confirm/\S+/)", sent.body)
    return path


def test_an_application_is_stored_as_pending_and_answered_with_303(client):
    response = client.post(APPLY, answers(flexibility=["remote", "part_time"]))
    assert (response.status_code, response["Location"]) == (303, "/coalition/apply/received/")
    member = Member.objects.get()
    assert (member.status, member.kind, member.slug) == ("pending", "company", "example-co")
    assert member.flexibility == ["remote", "part_time"]
    assert member.contact_confirmed_at is None
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize("kind", ["company", "nonprofit", "academic", "leader"])
def test_every_kind_can_apply(client, kind):
    assert client.post(APPLY, answers(kind=kind)).status_code == 303
    assert Member.objects.get().kind == kind


def test_nothing_is_public_before_approval(client):
    client.post(APPLY, answers())
    client.post(confirmation_path())
    assert "Example Co." not in client.get("/coalition/").text
    assert "Example Co." not in client.get("/coalition/?q=example").text
    assert client.get("/coalition/example-co/").status_code == 404
    assert "example-co" not in client.get("/sitemap.xml").text


def test_looking_at_the_confirmation_link_changes_nothing_and_the_button_does(client):
    client.post(APPLY, answers())
    path = confirmation_path()
    page = client.get(path)
    assert "<button" in page.text
    assert page["Cache-Control"] == "no-store"
    assert not Member.objects.awaiting_moderation().exists()
    response = client.post(path)
    assert (response.status_code, response["Location"]) == (303, "/coalition/apply/confirmed/")
    assert Member.objects.awaiting_moderation().exists()
    assert client.get(response["Location"]).status_code == 200


def test_confirming_again_keeps_the_first_moment(client):
    client.post(APPLY, answers())
    path = confirmation_path()
    client.post(path)
    first = Member.objects.get().contact_confirmed_at
    assert client.post(path).status_code == 303
    assert Member.objects.get().contact_confirmed_at == first


@pytest.mark.parametrize("change", [lambda path: path[:-3] + "/", lambda path: path[:-2] + "x/"])
def test_a_broken_link_gets_a_page_that_helps(client, change):
    client.post(APPLY, answers())
    response = client.get(change(confirmation_path()))
    assert response.status_code == 404
    assert "Copy the whole address" in response.text
    assert client.post("/coalition/confirm/nonsense/").status_code == 404


def test_the_mail_names_the_application_and_promises_to_forget_it(client):
    client.post(APPLY, answers(name="Tom & Jerry's"))
    (sent,) = mailed()
    assert sent.to == ["pat@example.org"]
    assert "Tom & Jerry's" in sent.body
    assert "Tom &amp; Jerry&#x27;s" in sent.alternatives[0][0]
    assert "21 days" in sent.body


def test_one_address_gets_three_mails_a_day_at_most(client):
    for _ in range(5):
        assert client.post(APPLY, answers()).status_code == 303
    assert OutboxMessage.objects.count() == 3


def test_whoever_fills_the_trap_gets_the_same_answer_and_nothing_is_stored(client):
    response = client.post(APPLY, answers(leave_empty="https://spam.example"))
    assert (response.status_code, response["Location"]) == (303, "/coalition/apply/received/")
    assert not Member.objects.exists()


def test_a_post_from_another_site_is_refused(client):
    response = client.post(APPLY, answers(), headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert not Member.objects.exists()


def test_the_limit_answers_429_and_says_when_to_come_back(client, settings):
    settings.SIGN_LIMIT_PER_IP = "1/1h"
    assert client.post(APPLY, answers()).status_code == 303
    response = client.post(APPLY, answers())
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert Member.objects.count() == 1


def test_what_was_typed_stays_when_something_is_wrong(client):
    response = client.post(APPLY, answers(country="", statement="Ten to two", kind="leader"))
    assert response.status_code == 422
    assert "There is a problem" in response.text
    assert 'href="#id_country"' in response.text
    assert "Ten to two" in response.text
    assert re.search(r'value="leader"[^>]* checked', response.text)
    assert "Your name as it should appear" in response.text
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize(
    "field",
    [
        "kind",
        "name",
        "website",
        "country",
        "statement",
        "contact_name",
        "contact_role",
        "contact_email",
        "authority",
    ],
)
def test_a_missing_answer_is_asked_for(client, field):
    response = client.post(APPLY, answers(**{field: None}))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


def test_an_empty_post_is_answered_with_422(client):
    assert client.post(APPLY).status_code == 422


@pytest.mark.parametrize(
    "website",
    [
        "javascript:alert(1)",
        "ftp://example.org/",
        "https://pat:secret@example.org/",
        "https://example.org:8443/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "http://localhost/",
        "http://printer.local/",
        "https://example.org\\@evil.example/",
        "https:///example.org",
        "https://example.org:99999/",
        "https://[",
        "just words",
        "https://example.org/" + "a" * 200,
        "https://example.org/\x00",
        "https://exa\u202emple.org/",
        "https://exa mple.org/",
    ],
)
def test_a_website_that_nobody_could_open_is_refused(client, website):
    response = client.post(APPLY, answers(website=website))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["website"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("example.org", "https://example.org"),
        ("HTTP://WWW.Example.org/About", "http://www.example.org/About"),
        ("https://bücher.example/", "https://bücher.example/"),
        (" https://example.org/?a=1 ", "https://example.org/?a=1"),
    ],
)
def test_websites_are_kept_in_one_spelling(client, typed, kept):
    assert client.post(APPLY, answers(website=typed)).status_code == 303
    assert Member.objects.get().website == kept


@pytest.mark.parametrize("field", ["name", "contact_name", "contact_role", "statement", "logo_alt"])
@pytest.mark.parametrize(
    "words",
    [
        "Exam\x00ple",
        "Exam\udcffple",
        "Exam\u202eple",
        "Exam\x07ple",
        "<b>Example</b>",
        "https://win.example",
        "www.win.example now",
        "\u200d\u3164\u200d",
    ],
)
def test_hostile_text_is_refused_kindly(client, field, words):
    body = urlencode(answers(**{field: words}), encoding="utf-8", errors="surrogatepass")
    response = client.post(APPLY, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 422
    assert not Member.objects.exists()


@pytest.mark.parametrize(
    "name",
    ["Booking.com", "O’Neill & Søn", "株式会社サンプル", "شركة مثال", "Team 👩‍👩‍👧‍👦", "x" * 200],
)
def test_names_of_every_script_are_welcome(client, name):
    assert client.post(APPLY, answers(name=name)).status_code == 303
    member = Member.objects.get()
    assert member.name == name
    assert member.initials
    Member.objects.update(status="approved", approved_at=timezone.now())
    assert client.get(member.get_absolute_url()).status_code == 200
    assert client.get("/coalition/").status_code == 200


def test_a_name_of_201_characters_is_too_long_and_one_of_200_is_not(client):
    assert client.post(APPLY, answers(name="x" * 201)).status_code == 422
    assert client.post(APPLY, answers(name="x" * 200)).status_code == 303


def test_a_statement_is_counted_as_people_count(client):
    lines = "é\r\n" * 300
    assert client.post(APPLY, answers(statement=lines.strip())).status_code == 303
    too_long = client.post(APPLY, answers(statement="x" * 601))
    assert "1 characters over the limit of 600" in too_long.text


@pytest.mark.parametrize("email", ["robin@example", "a b@example.org", "x" * 250 + "@example.org"])
def test_an_address_nobody_could_write_to_is_refused(client, email):
    assert client.post(APPLY, answers(contact_email=email)).status_code == 422


def test_equal_names_get_numbered_slugs_and_no_slug_hides_a_page(client):
    for name in ("Example Co.", "Example Co", "EXAMPLE CO", "Apply", "Confirm", "例"):
        client.post(APPLY, answers(name=name))
    slugs = list(Member.objects.order_by("pk").values_list("slug", flat=True))
    assert slugs[:5] == ["example-co", "example-co-2", "example-co-3", "apply-2", "confirm-2"]
    assert slugs[5].startswith("member-")


def test_abandoned_applications_are_purged_with_their_logos(settings):
    then = timezone.now() - timedelta(days=settings.UNCONFIRMED_KEPT_DAYS + 1)
    old = an_applicant(
        "Old",
        contact_confirmed_at=None,
        created_at=then,
        logo_alt="A",
        logo_width=1,
        logo_height=1,
        logo=uploaded(picture(), "old.webp"),
    )
    an_applicant("Old but confirmed", created_at=then)
    an_applicant("New", contact_confirmed_at=None)
    now = timezone.now()
    assert applications.purge(now=now, dry_run=True) == 1
    assert old.logo.storage.exists(old.logo.name)
    assert applications.purge(now=now) == 1
    assert set(Member.objects.values_list("name", flat=True)) == {"Old but confirmed", "New"}
    assert not old.logo.storage.exists(old.logo.name)


@pytest.mark.parametrize("path", [APPLY, "/coalition/apply/received/", "/coalition/"])
def test_public_pages_set_no_cookie(client, path):
    assert not client.get(path).cookies
    assert client.delete(path).status_code == 405
