"""An application arrives, and its contact confirms it."""

import re

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from coalition import logos
from coalition.models import Member, Question
from common import outbox

RESERVED_SLUGS = {"apply", "confirm", "answer", "edit", "contact", "reaffirm", "link", "stop"}
SLUG_LENGTH = 70  # leaves room for -2, -3, … in the field


class LogoNotStored(Exception):
    """The storage took no file; nothing of the application was kept."""


def apply(application, *, now):
    """Stores an application (cleaned data of ApplicationForm) and the mail to its contact.

    Raises LogoNotStored where the logo could not be written.
    """
    application = {**application}
    logo = application.pop("logo")
    member = Member(**application, authority_confirmed_at=now, created_at=now)
    if logo:
        store(logo, member)
    try:
        with transaction.atomic():
            _save_under_free_slug(member)
            outbox.put_capped(
                "coalition-confirm", member.contact_email, now=now, member_id=member.pk
            )
    except BaseException:
        logos.discard(member.logo)
        raise
    return member


def confirm(member, *, now):
    """Puts the application before staff; returns whether this call did, not an earlier one."""
    return bool(
        Member.objects.filter(pk=member.pk, contact_confirmed_at=None).update(
            contact_confirmed_at=now
        )
    )


def answer(question, text, *, now):
    """Puts the application before staff again; returns whether this call did."""
    return bool(
        Question.objects.filter(pk=question.pk, answered_at=None).update(
            answer=text, answered_at=now
        )
    )


def purge(*, now, dry_run=False):
    """Erases applications that were never confirmed, logos included; returns how many."""
    abandoned = Member.objects.abandoned(now)
    if dry_run:
        return abandoned.count()
    return logos.erase_owners(abandoned)


def store(logo, owner):
    """Gives a logo to a Member or Revision; raises LogoNotStored."""
    try:
        logo.give_to(owner)
    except OSError as error:
        raise LogoNotStored from error


def _save_under_free_slug(member):
    """Takes the first free of `example`, `example-2`, …; who is late in a race tries the next."""
    stem = slugify(member.name)[:SLUG_LENGTH].strip("-") or f"member-{member.code}"
    while True:
        member.slug = _free_slug(stem)
        try:
            with transaction.atomic():
                member.save(force_insert=True)
        except IntegrityError as error:
            if error.__cause__.diag.constraint_name != "member_slug_unique":
                raise
        else:
            return


def _free_slug(stem):
    taken = Member.objects.filter(slug__startswith=stem).values_list("slug", flat=True)
    numbered = re.compile(re.escape(stem) + r"(?:-(\d+))?")
    numbers = [int(found[1] or 1) for slug in taken if (found := numbered.fullmatch(slug))]
    if stem in RESERVED_SLUGS:
        numbers.append(1)
    return f"{stem}-{max(numbers) + 1}" if numbers else stem
