"""The mails a contact gets, one function each. They are written when they are sent."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from coalition import applications
from coalition.models import Member, Status
from common import moderation, outbox


@outbox.message("coalition-confirm")
def confirm(row, *, member_id):
    member = Member.objects.unconfirmed().filter(pk=member_id).first()
    if member is None:
        return None
    token = applications.confirmation_token(member)
    return outbox.compose(
        "coalition/mail/confirm",
        _("Confirm your application to the coalition"),
        {
            "member": member,
            "button_url": settings.SITE_URL + reverse("coalition:confirm", args=[token]),
            "button_label": _("Confirm my application"),
            "kept_days": settings.UNCONFIRMED_KEPT_DAYS,
        },
    )


@outbox.message("coalition-approved")
def approved(row, *, member_id, decision_id):
    member = Member.objects.listed().filter(pk=member_id).first()
    if member is None:
        return None
    return outbox.compose(
        "coalition/mail/approved",
        _("%(name)s is in the coalition") % {"name": member.name},
        {
            "member": member,
            "button_url": settings.SITE_URL + member.get_absolute_url(),
            "button_label": _("See your page"),
        },
    )


@outbox.message("coalition-declined")
def declined(row, *, member_id, decision_id):
    member = Member.objects.filter(pk=member_id, status=Status.DECLINED).first()
    if member is None:
        return None
    decision = moderation.history(member).get(pk=decision_id)
    return outbox.compose(
        "coalition/mail/declined",
        _("About %(name)s and the coalition") % {"name": member.name},
        {
            "member": member,
            "reason": decision.reason,
            "was_listed": decision.from_status in (Status.APPROVED, Status.LAPSED),
            "button_url": settings.SITE_URL + reverse("coalition:apply"),
            "button_label": _("Apply again"),
        },
    )
