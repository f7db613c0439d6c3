"""People who come through a member's link are counted for it."""

import html
import re

import pytest
from django.utils import timezone

from coalition import decisions
from coalition.models import Member
from pledges import counting, recounting, withdrawal
from pledges.models import Pledge, Tally
from tests.coalition.cast import a_member, a_moderator, an_applicant, edit_page, mailed

pytestmark = pytest.mark.django_db


def join_through(client, code, email="sam@example.org"):
    typed = {"name": "Sam Sample", "email": email, "country": "CA", "via": code}
    assert client.post("/pledge/", typed).status_code == 303
    pledge = Pledge.objects.get(email=email)
    client.post(f"/pledge/confirm/{pledge.token('confirm')}/")
    return pledge


def counted_on(client, member):
    counting.fold_all()
    return (
        "1 person joined the million through this member"
        in client.get(member.get_absolute_url()).text
    )


def test_who_comes_through_the_link_of_a_member_counts_for_it(client):
    member, other = a_member(), a_member("Sample Works")
    assert f'value="{member.code}"' in client.get(member.join_path).text
    join_through(client, member.code)
    assert counted_on(client, member)
    assert not counted_on(client, other)
    assert recounting.drift() == []


def test_who_withdraws_counts_no_more(client):
    member = a_member()
    pledge = join_through(client, member.code)
    assert counted_on(client, member)
    withdrawal.withdraw(pledge, now=timezone.now())
    assert not counted_on(client, member)
    assert recounting.drift() == []


def test_the_count_is_rebuilt_from_rows(client):
    member = a_member()
    join_through(client, member.code)
    counting.fold_all()
    Tally.objects.filter(scope="member").update(value=40)
    assert [str(one) for one in recounting.recount(now=timezone.now())] == [
        f"member {member.pk}: stored 40, rows 1"
    ]
    assert counted_on(client, member)


def test_a_deleted_member_leaves_no_drift(client):
    member = a_member()
    join_through(client, member.code)
    counting.fold_all()
    Member.objects.all().delete()
    assert recounting.drift() == []


@pytest.mark.parametrize("status", ["pending", "declined", "lapsed"])
def test_only_the_link_of_a_listed_member_counts(client, status):
    member = a_member()
    Member.objects.update(status=status)
    join_through(client, member.code)
    assert Pledge.objects.get().member_id is None
    assert client.get(member.join_path).status_code == 404


def test_a_member_sees_its_link_and_its_number_on_its_own_page(client, settings):
    member = a_member()
    join_through(client, member.code)
    counting.fold_all()
    page = client.get(f"/coalition/edit/{member.token('edit')}/").text
    assert f'value="{settings.SITE_URL}{member.join_path}"' in page
    assert "1 person has joined through your link" in page


def test_a_member_gets_badge_and_form_with_its_code_on_its_page_and_by_mail(client, settings):
    applicant = an_applicant()
    decisions.approve(applicant, actor=a_moderator(), now=timezone.now())
    (welcome,) = mailed()
    (path,) = re.findall(rf"^{settings.SITE_URL}(/embed/code/\S+)$", welcome.body, re.MULTILINE)
    assert f'href="{path}"' in client.get(edit_page(applicant)).text
    code = html.unescape(client.get(path).text)
    assert f'href="{settings.SITE_URL}{applicant.join_path}"' in code
    join_through(client, applicant.code)
    assert counted_on(client, applicant)
