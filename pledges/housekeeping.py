"""What happens because its time has come. Every step may be interrupted and run again."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from coalition import applications, revisions
from common import addresses, outbox
from common.models import OutboxMessage, RateWindow
from pledges import withdrawal
from pledges.models import NewAddress, Pledge

BATCH = 1_000  # rows in one transaction, so that nobody waits for a purge
MAIL_KEPT = timedelta(days=30)
NETWORK_KEPT = timedelta(days=30)
RATE_WINDOWS_KEPT = timedelta(days=1)


def purge(*, now, dry_run=False):
    """Deletes what is past its time; returns what and how many rows.

    Unconfirmed pledges with their mails, new addresses, applications and new contacts of members,
    after UNCONFIRMED_KEPT_DAYS; what identifies people who withdrew, after WITHDRAWN_KEPT_DAYS;
    mails handed over or given up 30 days ago; the networks that people signed from, after 30 days; the counts of the rate limits.
    """
    too_old = now - timedelta(days=settings.UNCONFIRMED_KEPT_DAYS)
    expired = {
        "unconfirmed pledges": Pledge.objects.unconfirmed().filter(created_at__lt=too_old),
        "old mails": OutboxMessage.objects.exclude(sent_at=None, failed_at=None).filter(
            created_at__lt=now - MAIL_KEPT
        ),
        "unproven new addresses": NewAddress.objects.filter(asked_at__lt=too_old),
        "rate limit windows": RateWindow.objects.filter(window_start__lt=now - RATE_WINDOWS_KEPT),
    }
    clear = QuerySet.count if dry_run else _delete_in_batches
    purged = {what: clear(rows) for what, rows in expired.items()}
    return purged | {
        "withdrawn pledges": _erase_withdrawn(now, dry_run),
        "networks": _forget_networks(now, dry_run),
        "unconfirmed applications": applications.purge(now=now, dry_run=dry_run),
        "unconfirmed contacts": revisions.purge(now=now, dry_run=dry_run),
    }


def _erase_withdrawn(now, dry_run):
    long_gone = Pledge.objects.filter(
        withdrawn_at__lt=now - timedelta(days=settings.WITHDRAWN_KEPT_DAYS), erased_at=None
    )
    if dry_run:
        return long_gone.count()
    erased = 0
    for pledge in long_gone.iterator():
        withdrawal.erase(pledge, now=now)
        erased += 1
    return erased


def _forget_networks(now, dry_run):
    known = Pledge.objects.network_known().filter(created_at__lt=now - NETWORK_KEPT)
    if dry_run:
        return known.count()
    forgotten = 0
    while size := _forget_batch(known):
        forgotten += size
    return forgotten


@transaction.atomic
def _forget_batch(known):
    batch = known.select_for_update(skip_locked=True).order_by("created_at")[:BATCH]
    return Pledge.objects.filter(pk__in=list(batch.values_list("pk", flat=True))).update(network="")


def remind(*, now):
    """Writes one reminder to everyone who did not confirm in time; returns how many.

    Reminder and mark are one transaction, so that nobody gets a second one, whatever stops us.
    """
    reminded = 0
    while size := _remind_batch(now):
        reminded += size
    return reminded


@transaction.atomic
def _remind_batch(now):
    waiting = Pledge.objects.unconfirmed().filter(
        created_at__lt=now - timedelta(days=settings.REMINDED_AFTER_DAYS), reminded_at=None
    )
    batch = list(waiting.select_for_update(skip_locked=True).order_by("created_at")[:BATCH])
    for pledge in batch:
        outbox.put("pledge-reminder", pledge.email, now=now, pledge_id=pledge.pk)
    Pledge.objects.filter(pk__in=[pledge.pk for pledge in batch]).update(reminded_at=now)
    return len(batch)


def _delete_in_batches(rows):
    deleted = 0
    while size := _delete_batch(rows):
        deleted += size
    return deleted


@transaction.atomic
def _delete_batch(rows):
    """Deletes some rows, and a pledge's mails with it; leaves alone what is just being used."""
    batch = list(rows.select_for_update(skip_locked=True).order_by("pk")[:BATCH])
    if batch and isinstance(batch[0], Pledge):
        OutboxMessage.objects.filter(
            recipient_hash__in=[addresses.keyed_hash(pledge.email_canonical) for pledge in batch]
        ).delete()
    rows.model.objects.filter(pk__in=[row.pk for row in batch]).delete()
    return len(batch)
