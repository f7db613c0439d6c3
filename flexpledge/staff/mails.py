"""The mails that staff get about their own account."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import outbox
from flexpledge.staff import links

NOTICES = {
    "password_changed": gettext_lazy("Your password was changed."),
    "totp_activated": gettext_lazy("An authenticator app was set up."),
    "totp_deactivated": gettext_lazy("Your authenticator app was removed."),
    "webauthn_added": gettext_lazy("A passkey was added."),
    "webauthn_removed": gettext_lazy("A passkey was removed."),
    "recovery_codes_generated": gettext_lazy(
        "New recovery codes were made; the old ones are void."
    ),
    "recovery_code_used": gettext_lazy("A recovery code was used to sign in."),
    "second_factor_reset": gettext_lazy("A colleague reset your second factor."),
}


def put_notice(person, what, *, now):
    """Tells the person what changed about how they sign in; `what` is one of NOTICES."""
    if person.email:
        outbox.put("staff-notice", person.email, now=now, what=what, at=now.isoformat())


@outbox.message("staff-invitation")
def invitation(row, *, user_id):
    person = get_user_model().objects.filter(pk=user_id, is_active=True).first()
    if person is None or person.has_usable_password():
        return None
    return _with_link("invitation", _("Set up your staff account"), person, links.INVITATION_VALID)


@outbox.message("staff-password")
def password(row):
    """For whoever asked; nobody of the staff reads there: nothing."""
    person = (
        get_user_model()
        .objects.filter(email__iexact=row.recipient, is_staff=True, is_active=True)
        .first()
    )
    if person is None:
        return None
    return _with_link("password", _("Choose a new password"), person, links.RESET_VALID)


@outbox.message("staff-notice")
def notice(row, *, what, at):
    context = {
        "what": NOTICES[what],
        "at": datetime.fromisoformat(at),
        "button_url": settings.SITE_URL + reverse("mfa_index"),
        "button_label": _("Look at your account"),
    }
    return outbox.compose("staff/mail/notice", _("A change to your staff account"), context)


def _with_link(template, subject, person, valid):
    until = timezone.now() + valid
    token = links.make(person, until=until)
    context = {
        "person": person,
        "until": until,
        "button_url": settings.SITE_URL + reverse("staff_password", args=[token]),
        "button_label": _("Choose your password"),
    }
    mail = outbox.compose(f"staff/mail/{template}", subject, context)
    mail.to = [person.email]  # as we know it: what was asked for may only look the same
    return mail
