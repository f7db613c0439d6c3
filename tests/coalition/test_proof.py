"""What a moderator is shown beside the application: the contact's domain, and who is alike."""

import pytest
from django.utils import timezone

from coalition import domains, duplicates
from coalition.models import Member
from common import moderation
from tests.coalition.cast import ADMIN, APPLY, a_member, a_moderator, an_applicant, answers, mailed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("website", "address", "proof"),
    [
        ("https://www.example.org/", "pat@example.org", "SAME"),
        ("https://careers.example.org/jobs", "pat@EXAMPLE.org", "SAME"),
        ("https://example.org", "pat@mail.example.org", "OTHER"),
        ("https://example.org", "pat@example.com", "OTHER"),
        ("https://notexample.org", "pat@example.org", "OTHER"),
        ("https://example.org", "pat@gmail.com", "PUBLIC"),
        ("https://gmail.com", "pat@gmail.com", "PUBLIC"),
        ("https://www.gmx.de", "pat@gmx.de", "PUBLIC"),
        ("https://bücher.example", "pat@xn--bcher-kva.example", "SAME"),
        ("https://xn--bcher-kva.example", "pat@bücher.example", "SAME"),
        ("https://exаmple.org", "pat@example.org", "OTHER"),  # the third letter is Cyrillic
        ("https://linkedin.com/company/example", "pat@linkedin.com", "OTHER"),
        ("https://example.org", "pat@org", "OTHER"),
    ],
)
def test_mail_at_the_domain_of_the_website_is_a_proof_and_public_mail_never(
    website, address, proof
):
    assert domains.proof(website, address).name == proof


def test_the_moderator_sees_the_proof(client):
    client.force_login(a_moderator())
    member = an_applicant(contact_email="pat@gmail.com")
    page = client.get(f"{ADMIN}{member.pk}/change/").text
    assert "at a public provider: no proof" in page


def alike(member):
    return [other.name for other in duplicates.of(member)]


def test_the_same_website_or_a_similar_name_is_a_hint():
    a_member("Example Company", website="https://elsewhere.example/")
    a_member("Quite Other", website="http://example.org/about")
    a_member("Sample Works", website="https://works.example/")
    an_applicant("Example Co", slug="x", contact_confirmed_at=None)
    assert alike(an_applicant("Example Compny")) == ["Example Company", "Quite Other"]


def test_one_domain_in_two_spellings_is_the_same():
    a_member("Quite Other", website="https://bücher.example/")
    assert alike(an_applicant(website="https://xn--bcher-kva.example/x")) == ["Quite Other"]


def test_a_site_of_many_says_nothing():
    a_member("Quite Other", website="https://linkedin.com/in/quite")
    assert alike(an_applicant(website="https://linkedin.com/in/example")) == []


def test_the_moderator_sees_who_is_alike_and_what_was_decided(client):
    client.force_login(a_moderator())
    earlier = an_applicant("Example Company", slug="earlier")
    moderation.move(earlier, "declined", actor=None, now=timezone.now(), reason="Said nothing")
    page = client.get(f"{ADMIN}{an_applicant().pk}/change/").text
    assert "Example Company" in page
    assert "same website" in page
    assert "Said nothing" in page


def test_an_applicant_is_told_of_listed_members_only(client):
    a_member("Example Company", slug="listed")
    an_applicant("Example Co Secret", slug="secret")
    client.post(APPLY, answers(name="Example Co"))
    (sent,) = mailed()
    assert "Example Company" in sent.body
    assert "Secret" not in sent.body
    member = Member.objects.get(name="Example Co")
    page = client.get(f"/coalition/confirm/{member.token('confirm')}/").text
    assert "Are you in already?" in page
    assert "Secret" not in page
