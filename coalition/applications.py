"""An application arrives, and its contact confirms it."""

import re

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from coalition.models import Member
from common import outbox, tokens

RESERVED_SLUGS = {"apply", "confirm", "edit"}
SLUG_LENGTH = 70  # leaves room for -2, -3, … in the field
CONFIRM = "coalition-confirm"


class LogoNotStored(Exception):
    """The storage took no file; nothing of the application was kept."""


def apply(application, *, now):
    """Stores an application (cleaned data of ApplicationForm) and the mail to its contact.

    Raises LogoNotStored where the logo could not be written.
    """
    application = {**application}
    logo = application.pop("logo")
    member = Member(
        **application,
        logo_width=logo and logo.width,
        logo_height=logo and logo.height,
        authority_confirmed_at=now,
        created_at=now,
    )
    if logo:
        _store(member, logo)
    try:
        with transaction.atomic():
            _save_under_free_slug(member)
            outbox.put_capped(
                "coalition-confirm", member.contact_email, now=now, member_id=member.pk
            )
    except BaseException:
        discard_logo(member)
        raise
    return member


def confirmation_token(member):
    return tokens.make(CONFIRM, member.code)


def of_token(token):
    """The application this token belongs to, or None."""
    member = Member.objects.filter(code=tokens.code_of(token)).first()
    return member if member and tokens.matches(token, CONFIRM, member.code) else None


def confirm(member, *, now):
    """Puts the application before staff; returns whether this call did, not an earlier one."""
    return bool(
        Member.objects.filter(pk=member.pk, contact_confirmed_at=None).update(
            contact_confirmed_at=now
        )
    )


def purge(*, now, dry_run=False):
    """Erases applications that were never confirmed, logos included; returns how many."""
    abandoned = Member.objects.abandoned(now)
    if dry_run:
        return abandoned.count()
    erased = 0
    for member in abandoned.iterator():
        # Deletes by condition: a contact who confirms at this moment stays.
        rows, _each = Member.objects.abandoned(now).filter(pk=member.pk).delete()
        if rows:
            discard_logo(member)
            erased += 1
    return erased


def discard_logo(member):
    if member.logo:
        member.logo.storage.delete(member.logo.name)


def _store(member, logo):
    file = logo.file()
    try:
        member.logo.save(file.name, file, save=False)
    except OSError as error:
        member.logo.storage.delete(member.logo.field.generate_filename(member, file.name))
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
