import pytest
from django.utils import timezone

from coalition import samples
from coalition.models import Kind, Member, Revision, Status
from common.models import OutboxMessage

pytestmark = pytest.mark.django_db


def test_samples_come_in_every_kind_and_state_and_send_no_mail():
    samples.create_samples(timezone.now())
    assert set(Member.objects.values_list("kind", flat=True)) == set(Kind)
    assert set(Member.objects.values_list("status", flat=True)) == set(Status)
    assert Member.objects.unconfirmed().exists()
    assert Member.objects.awaiting_moderation().exists()
    assert Member.objects.exclude(logo="").exists()
    assert Revision.objects.awaiting_moderation().exists()
    assert Revision.objects.unproven().exists()
    assert not OutboxMessage.objects.exists()


def test_samples_are_recognisable_and_lead_nowhere():
    samples.create_samples(timezone.now())
    for member in Member.objects.all():
        assert member.website.endswith(".example/")
        assert member.contact_email.endswith(".example")
        assert "sample text" in member.statement


def test_writing_them_twice_changes_nothing():
    now = timezone.now()
    samples.create_samples(now)
    before = list(Member.objects.order_by("pk").values())
    samples.create_samples(now)
    assert list(Member.objects.order_by("pk").values()) == before
