"""Who speaks for a member: found by address, whatever its spelling."""

import json

import pytest
from django.core.management import call_command
from django.db import connection

from coalition.models import Member
from tests.coalition.cast import a_member, an_applicant

pytestmark = pytest.mark.django_db

SPELLINGS = ["Pat@Example.org", "pat+news@example.org", "pat@EXAMPLE.org", "pat+a+b@example.org"]


@pytest.mark.parametrize("kept", SPELLINGS)
@pytest.mark.parametrize("typed", SPELLINGS)
def test_every_spelling_of_an_address_leads_to_its_members(kept, typed):
    member = a_member(contact_email=kept)
    an_applicant("Other Sample", contact_email="robin@example.org")
    assert list(Member.objects.with_contact(typed)) == [member]


def test_domains_are_found_in_both_their_forms():
    member = a_member(contact_email="ana@bücher.example")
    assert Member.objects.with_contact("ana@xn--bcher-kva.example").get() == member


def test_contacts_are_found_through_an_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "member_contact" in Member.objects.with_contact("pat@example.org").explain()


def test_commands_about_a_person_name_the_members_they_speak_for(capsys):
    a_member(contact_email="Pat+x@example.org")
    an_applicant("Other Sample", contact_email="robin@example.org")
    call_command("export_person", "pat@example.org")
    (entry,) = json.loads(capsys.readouterr().out)["coalition_entries_as_contact"]
    assert entry["name"] == "Example Co."
    call_command("erase_person", "pat@example.org")
    told = capsys.readouterr().out
    assert "contact of coalition member example-co (approved)" in told
    assert "other-sample" not in told
