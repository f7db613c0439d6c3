"""Taking a pledge back: withdrawing it, erasing what identifies, or never having been asked."""

from django.db import transaction

from common import addresses, outbox, pagecache
from common.models import SuppressedAddress
from pledges.models import NewAddress, Pledge, Voice


def withdraw(pledge, *, now):
    """Takes the pledge out of the count and ends every link made for it. Once; then harmless."""
    return bool(Pledge.objects.live().filter(pk=pledge.pk).update(withdrawn_at=now))


@transaction.atomic
def erase(pledge, *, now):
    """Removes whatever identifies the person, here, in the outbox and in cached pages and cards.

    The emptied row stays, so that the number is not given away again and the count of whoever
    invited this person stays true. An unconfirmed pledge was never counted: its row goes too.
    """
    outbox.forget(pledge.email_canonical)
    for wanted in NewAddress.objects.filter(pledge=pledge):
        outbox.forget(addresses.canonical(wanted.email))
        wanted.delete()
    if Pledge.objects.filter(pk=pledge.pk, confirmed_at=None).delete()[0]:
        return
    Voice.objects.filter(pledge=pledge).delete()
    withdraw(pledge, now=now)
    Pledge.objects.filter(pk=pledge.pk).update(
        email="",
        email_canonical=None,
        name="",
        region="",
        network="",
        flexibility=[],
        shows_name=False,
        has_shown_voice=False,
        wants_news=False,
        erased_at=now,
    )
    transaction.on_commit(pagecache.forget)


@transaction.atomic
def not_me(pledge, *, now):
    """Somebody else typed this address: erases it and never mails it again."""
    SuppressedAddress.objects.get_or_create(
        address_hash=addresses.keyed_hash(pledge.email_canonical), defaults={"created_at": now}
    )
    erase(pledge, now=now)
