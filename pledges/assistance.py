"""What staff do for a person who asks them to: each time with the reason, and in the trail."""

from django.db import IntegrityError, transaction

from common import addresses, outbox, tokens, trail
from common.models import Action
from pledges import counting, withdrawal
from pledges.models import NewAddress, Pledge


class AddressTaken(Exception):
    """Another pledge has this address."""


@transaction.atomic
def resend(pledge, *, actor, now, why):
    """Mails the way on: to confirm, or to the own page. False: the address got enough today."""
    kind = "pledge-link" if pledge.confirmed_at else "pledge-signed"
    was_written = outbox.put_capped(kind, pledge.email, now=now)
    if was_written:
        trail.record(actor, Action.RESENT, pledge, now=now, why=why)
    return was_written


@transaction.atomic
def correct(pledge, *, name, country, email, actor, now, why):
    """Corrects what was typed wrongly; returns the names of what differs.

    An address must prove itself: the confirmation goes to the new one, or, where the pledge was
    confirmed, a link that makes it take over. Raises AddressTaken.
    """
    held = Pledge.objects.live().select_for_update().get(pk=pledge.pk)
    typed = {"name": name, "country": country, "email": email}
    differing = [field for field, value in typed.items() if getattr(held, field) != value]
    if not differing:
        return []
    Pledge.objects.filter(pk=held.pk).update(name=name, country=country)
    if "email" in differing:
        _readdress(held, email, now)
    trail.record(actor, Action.CORRECTED, held, now=now, why=why, fields=differing)
    transaction.on_commit(counting.fold_all)  # a country moves from one tally to another
    return differing


def _readdress(pledge, email, now):
    canonical = addresses.canonical(email)
    if Pledge.objects.of(email).exclude(pk=pledge.pk).exists():
        raise AddressTaken
    if pledge.confirmed_at:
        NewAddress.objects.filter(pledge=pledge).delete()
        NewAddress.objects.create(pledge=pledge, email=email, asked_at=now)
        outbox.put("pledge-new-address", email, now=now, pledge_id=pledge.pk)
        return
    outbox.forget(pledge.email_canonical)
    # The link and the digits that went to the wrong address end with the code.
    _take_over(pledge, email, canonical, code=tokens.new_code())
    outbox.put_capped("pledge-signed", email, now=now)


@transaction.atomic
def prove(wanted, *, now):
    """The owner of the new address pressed its button: it takes over, and the old one is told.

    Links mailed to the old address end. Raises AddressTaken.
    """
    pledge = wanted.pledge
    outbox.put("pledge-address-left", pledge.email, now=now, pledge_id=pledge.pk)
    _take_over(
        pledge,
        wanted.email,
        addresses.canonical(wanted.email),
        link_epoch=pledge.link_epoch + 1,
    )
    wanted.delete()
    pledge.refresh_from_db()
    return pledge


def _take_over(pledge, email, canonical, **more):
    try:
        with transaction.atomic():
            Pledge.objects.live().filter(pk=pledge.pk).update(
                email=email, email_canonical=canonical, **more
            )
    except IntegrityError:
        raise AddressTaken from None


@transaction.atomic
def withdraw(pledge, *, actor, now, why):
    """Takes the pledge back; False where it was already."""
    won = withdrawal.withdraw(pledge, now=now)
    if won:
        trail.record(actor, Action.WITHDRAWN, pledge, now=now, why=why)
        transaction.on_commit(counting.fold_all)
    return won


@transaction.atomic
def erase(pledge, *, actor, now, why):
    """Removes what identifies the person. The trail keeps a number or a code, no name."""
    trail.record(actor, Action.ERASED, pledge, now=now, why=why)
    withdrawal.erase(pledge, now=now)
    transaction.on_commit(counting.fold_all)
