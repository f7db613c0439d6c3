"""The mails a contact gets, one function each. They are written when they are sent."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coalition import duplicates
from coalition.models import AFFIRMED_FOR, FORMER_SHOWN_FOR, Member, Question, Revision, Status
from common import moderation, outbox


def link(name, *args):
    """An absolute link on the canonical origin, whatever the request's Host was."""
    return settings.SITE_URL + reverse(name, args=args)


def send_links(address, *, now):
    """Mails whoever reads mail at this address the links to the entries they speak for."""
    outbox.put_capped("coalition-links", address, now=now)


@outbox.message("coalition-links")
def links(row):
    """Writes the mails: at this time, so that the request takes as long for any address."""
    for member in Member.objects.editable().with_contact(row.recipient):
        outbox.put("coalition-link", member.contact_email, now=row.due_at, member_id=member.pk)


@outbox.message("coalition-confirm")
def confirm(row, *, member_id):
    member = Member.objects.unconfirmed().filter(pk=member_id).first()
    if member is None:
        return None
    return outbox.compose(
        "coalition/mail/confirm",
        _("Confirm your application to the coalition"),
        {
            "member": member,
            "alike": duplicates.public(member, now=timezone.now()),
            "link_url": link("coalition:link"),
            "button_url": link("coalition:confirm", member.token("confirm")),
            "button_label": _("Confirm my application"),
            "kept_days": settings.UNCONFIRMED_KEPT_DAYS,
        },
    )


@outbox.message("coalition-question")
def question(row, *, question_id):
    asked = (
        Question.objects.filter(pk=question_id, answered_at=None, member__status=Status.PENDING)
        .select_related("member")
        .first()
    )
    if asked is None:
        return None
    return outbox.compose(
        "coalition/mail/question",
        _("A question about %(name)s") % {"name": asked.member.name},
        {
            "member": asked.member,
            "question": asked,
            "button_url": link("coalition:answer", asked.member.token("answer")),
            "button_label": _("Answer"),
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
            "edit_url": link("coalition:edit", member.token("edit")),
            "join_url": settings.SITE_URL + member.join_path,
            "embed_url": settings.SITE_URL + member.embed_path,
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
            "reason": decision.why,
            "was_listed": decision.from_status in (Status.APPROVED, Status.LAPSED),
            "button_url": link("coalition:apply"),
            "button_label": _("Apply again"),
        },
    )


@outbox.message("coalition-link")
def own_link(row, *, member_id):
    member = Member.objects.editable().filter(pk=member_id).first()
    if member is None:
        return None
    return outbox.compose(
        "coalition/mail/link",
        _("The link to the entry of %(name)s") % {"name": member.name},
        {
            "member": member,
            "button_url": link("coalition:edit", member.token("edit")),
            "button_label": _("Open the entry"),
        },
    )


@outbox.message("coalition-revised")
def revised(row, *, revision_id):
    revision = Revision.objects.select_related("member").filter(pk=revision_id).first()
    if revision is None:
        return None
    return outbox.compose(
        "coalition/mail/revised",
        _("The changes to %(name)s are live") % {"name": revision.member.name},
        {
            "member": revision.member,
            "edit_url": link("coalition:edit", revision.member.token("edit")),
            "button_url": settings.SITE_URL + revision.member.get_absolute_url(),
            "button_label": _("See your page"),
        },
    )


@outbox.message("coalition-not-revised")
def not_revised(row, *, revision_id):
    revision = Revision.objects.select_related("member").filter(pk=revision_id).first()
    if revision is None:
        return None
    return outbox.compose(
        "coalition/mail/not_revised",
        _("About your changes to %(name)s") % {"name": revision.member.name},
        {
            "member": revision.member,
            "reason": moderation.history(revision).first().why,
            "button_url": link("coalition:edit", revision.member.token("edit")),
            "button_label": _("Change the entry"),
        },
    )


@outbox.message("coalition-contact-confirm")
def confirm_contact(row, *, member_id):
    """To the address that is to take over."""
    revision = Revision.objects.unproven().filter(member=member_id).select_related("member").first()
    if revision is None or revision.new_address != row.recipient:
        return None
    return outbox.compose(
        "coalition/mail/contact_confirm",
        _("Will you speak for %(name)s?") % {"name": revision.member.name},
        {
            "member": revision.member,
            "contact_name": revision.contact_name,
            "button_url": link("coalition:contact", revision.token("contact")),
            "button_label": _("Say that you will"),
            "kept_days": settings.UNCONFIRMED_KEPT_DAYS,
        },
    )


@outbox.message("coalition-contact-named")
def contact_named(row, *, member_id):
    """To the contact of today, who can still stop it."""
    revision = Revision.objects.pending().filter(member=member_id).select_related("member").first()
    if revision is None or revision.new_address is None:
        return None
    return outbox.compose(
        "coalition/mail/contact_named",
        _("Another contact for %(name)s?") % {"name": revision.member.name},
        {
            "member": revision.member,
            "new_address": revision.new_address,
            "button_url": link("coalition:edit", revision.member.token("edit")),
            "button_label": _("Open the entry"),
        },
    )


@outbox.message("coalition-contact-replaced")
def contact_replaced(row, *, member_id):
    """To the contact before."""
    member = Member.objects.filter(pk=member_id).first()
    if member is None:
        return None
    return outbox.compose(
        "coalition/mail/contact_replaced",
        _("%(name)s has another contact now") % {"name": member.name},
        {"member": member},
    )


@outbox.message("coalition-reaffirm")
def reaffirm(row, *, member_id):
    return _unasked(
        "reaffirm",
        _("Is this still true of %(name)s?"),
        Member.objects.listed().filter(pk=member_id, reminders_stopped_at=None).first(),
        _("Say that it is still true"),
    )


@outbox.message("coalition-lapsed")
def lapsed(row, *, member_id):
    return _unasked(
        "lapsed",
        _("%(name)s is listed as a former member"),
        Member.objects.filter(
            pk=member_id, status=Status.LAPSED, reminders_stopped_at=None
        ).first(),
        _("Return to the coalition"),
    )


def _unasked(template, subject, member, button_label):
    """Nobody asked for these, so they can be stopped with one click (RFC 8058)."""
    if member is None:
        return None
    stop_url = link("coalition:stop", member.token("stop"))
    mail = outbox.compose(
        f"coalition/mail/{template}",
        subject % {"name": member.name},
        {
            "member": member,
            "button_url": link("coalition:reaffirm", member.token("reaffirm")),
            "button_label": button_label,
            "edit_url": link("coalition:edit", member.token("edit")),
            "stop_url": stop_url,
            "until": member.affirmed_until,
            "year_days": AFFIRMED_FOR.days,
            "shown_days": FORMER_SHOWN_FOR.days,
        },
    )
    mail.extra_headers |= {
        "List-Unsubscribe": f"<{stop_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return mail
