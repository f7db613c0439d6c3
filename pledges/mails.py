"""The mails a supporter gets, one function each. They are written when they are sent."""

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.translation import gettext as _

from common import outbox
from pledges.confirmation import digits_of
from pledges.models import Pledge


def link(name, *args):
    """An absolute link on the canonical origin, whatever the request's Host was."""
    return settings.SITE_URL + reverse(name, args=args)


@outbox.message("pledge-confirm")
def confirm(row, *, pledge_id):
    pledge = Pledge.objects.unconfirmed().filter(pk=pledge_id).first()
    if pledge is None:
        return None
    return outbox.compose(
        "pledges/mail/confirm",
        _("Confirm your name"),
        {
            "pledge": pledge,
            "button_url": link("pledges:confirm", pledge.token("confirm")),
            "button_label": _("Confirm my name"),
            "digits": digits_of(pledge),
            "code_url": link("pledges:check_email"),
            "not_me_url": link("pledges:not_me", pledge.token("not-me")),
            "kept_days": settings.UNCONFIRMED_KEPT_DAYS,
        },
    )


@outbox.message("pledge-already")
def already_in(row, *, pledge_id):
    return _own_page_mail("already", _("You are already in"), pledge_id)


@outbox.message("pledge-link")
def own_link(row, *, pledge_id):
    return _own_page_mail("link", _("The link to your pledge"), pledge_id)


@outbox.message("pledge-welcome")
def welcome(row, *, pledge_id):
    pledge = Pledge.objects.live().filter(pk=pledge_id).first()
    if pledge and pledge.number:
        subject = _("You are supporter number %(number)s") % {"number": intcomma(pledge.number)}
    else:
        subject = _("You are in")
    return _own_page_mail("welcome", subject, pledge_id)


def _own_page_mail(template, subject, pledge_id):
    pledge = Pledge.objects.live().filter(pk=pledge_id, confirmed_at__isnull=False).first()
    if pledge is None:
        return None
    return outbox.compose(
        f"pledges/mail/{template}",
        subject,
        {
            "pledge": pledge,
            "button_url": settings.SITE_URL + pledge.get_absolute_url(),
            "button_label": _("Open my page"),
            "join_url": settings.SITE_URL + pledge.join_path,
        },
    )
