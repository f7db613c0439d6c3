"""The mails a supporter gets, one function each. They are written when they are sent."""

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.translation import gettext as _

from common import outbox
from pledges.confirmation import digits_of
from pledges.models import Milestone, NewAddress, Pledge, Recount, Sinking


def link(name, *args):
    """An absolute link on the canonical origin, whatever the request's Host was."""
    return settings.SITE_URL + reverse(name, args=args)


@outbox.message("pledge-signed")
def signed(row):
    """Unconfirmed: the confirmation. Confirmed: that they are in. Nobody: nothing."""
    pledge = Pledge.objects.of(row.recipient).first()
    if pledge is None:
        return None
    if pledge.confirmed_at:
        return _own_page_mail("already", _("You are already in"), pledge)
    return _confirmation_mail("confirm", _("Confirm your name"), pledge)


@outbox.message("pledge-link")
def own_link(row):
    """The way to one's own page. It ends the links before, which shuts out a lost mailbox."""
    pledge = Pledge.objects.of(row.recipient).first()
    if pledge is None:
        return None
    if not pledge.confirmed_at:
        return _confirmation_mail("confirm", _("Confirm your name"), pledge)
    pledge.end_links()
    return _own_page_mail("link", _("The link to your pledge"), pledge)


@outbox.message("pledge-new-address")
def new_address(row, *, pledge_id):
    """To the new address itself; a later wish is about another."""
    wanted = NewAddress.objects.filter(pledge_id=pledge_id, pledge__withdrawn_at=None).first()
    if wanted is None or wanted.email != row.recipient:
        return None
    return outbox.compose(
        "pledges/mail/new_address",
        _("Confirm your new address"),
        {
            "pledge": wanted.pledge,
            "button_url": link("pledges:new_address", wanted.token()),
            "button_label": _("Use this address"),
            "kept_days": settings.UNCONFIRMED_KEPT_DAYS,
        },
    )


@outbox.message("pledge-address-left")
def address_left(row, *, pledge_id):
    """To the old address, where the owner may be somebody else than who asked."""
    pledge = Pledge.objects.live().filter(pk=pledge_id).first()
    if pledge is None:
        return None
    subject = _("We write to your new address now")
    return outbox.compose("pledges/mail/address_left", subject, {"pledge": pledge})


@outbox.message("pledge-reminder")
def remind(row, *, pledge_id):
    """Nobody asked for this one, so it can be stopped with one click (RFC 8058)."""
    pledge = Pledge.objects.unconfirmed().filter(pk=pledge_id).first()
    if pledge is None:
        return None
    mail = _confirmation_mail("reminder", _("Still one press away"), pledge)
    mail.extra_headers |= {
        "List-Unsubscribe": f"<{link('pledges:unsubscribe', pledge.token('unsubscribe'))}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return mail


@outbox.message("pledge-welcome")
def welcome(row, *, pledge_id):
    pledge = Pledge.objects.live().filter(pk=pledge_id).first()
    if pledge is None:
        return None
    if pledge.number:
        subject = _("You are supporter number %(number)s") % {"number": intcomma(pledge.number)}
    else:
        subject = _("You are in")
    return _own_page_mail("welcome", subject, pledge)


def _confirmation_mail(template, subject, pledge):
    """Without the name: whoever typed it may not be who reads the mail."""
    return _compose(
        template,
        subject,
        pledge,
        button_url=link("pledges:confirm", pledge.token("confirm")),
        button_label=_("Confirm my name"),
        digits=digits_of(pledge),
        code_url=link("pledges:check_email"),
        not_me_url=link("pledges:not_me", pledge.token("not-me")),
        kept_days=settings.UNCONFIRMED_KEPT_DAYS,
    )


def _own_page_mail(template, subject, pledge):
    return _compose(
        template,
        subject,
        pledge,
        button_url=settings.SITE_URL + pledge.get_absolute_url(),
        button_label=_("Open my page"),
        join_url=settings.SITE_URL + pledge.join_path,
    )


def _compose(template, subject, pledge, **context):
    """Goes to the address of the pledge: another spelling may be another person's mailbox."""
    mail = outbox.compose(f"pledges/mail/{template}", subject, {"pledge": pledge, **context})
    mail.to = [pledge.email]
    return mail


@outbox.message("pledge-milestone")
def milestone(row, *, stop):
    """To staff: the count passed a stop."""
    reached = Milestone.objects.get(stop=stop)
    return outbox.compose(
        "pledges/mail/milestone",
        _("We passed %(stop)s supporters") % {"stop": intcomma(stop)},
        {
            "milestone": reached,
            "button_url": link("pledges:count"),
            "button_label": _("See the count"),
        },
    )


@outbox.message("pledge-drift")
def drift(row, *, recount_id):
    """To staff: a recount found stored counts that differed from the rows."""
    return outbox.compose(
        "pledges/mail/drift",
        _("The count was wrong and has been corrected"),
        {
            "recount": Recount.objects.get(pk=recount_id),
            "button_url": link("pledges:count"),
            "button_label": _("See the count"),
        },
    )


@outbox.message("provider-sinking")
def sinking(row, *, sinking_id):
    """To staff: the mail of one provider no longer leads to confirmations."""
    told = Sinking.objects.get(pk=sinking_id)
    return outbox.compose(
        "pledges/mail/sinking",
        _("Look at our mail to %(provider)s") % {"provider": told.provider},
        {
            "sinking": told,
            "button_url": link("admin:index"),
            "button_label": _("See the overview"),
        },
    )
