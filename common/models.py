from datetime import timedelta

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import addresses

GIVE_UP_AFTER = timedelta(days=1)
LONGEST_WAIT_S = 600


class OutboxQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(sent_at=None, failed_at=None)

    def due(self, now):
        return self.waiting().filter(due_at__lte=now).order_by("due_at")


class OutboxMessage(models.Model):
    """A mail written but not yet handed over; `common.outbox` writes and sends them."""

    kind = models.CharField(max_length=40)
    recipient = models.CharField(max_length=addresses.MAX_LENGTH, blank=True)
    recipient_hash = models.BinaryField(max_length=32)  # of the canonical address
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    # The slot of the address on that day, where anybody could have set the mail off.
    quota_day = models.DateField(null=True, blank=True)
    quota_slot = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("outbox message")
        constraints = [
            models.UniqueConstraint(
                fields=["recipient_hash", "quota_day", "quota_slot"], name="outbox_quota"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="outbox_due",
                condition=models.Q(sent_at=None, failed_at=None),
            ),
            models.Index(
                fields=["failed_at"],
                name="outbox_failed",
                condition=models.Q(failed_at__isnull=False),
            ),
            models.Index(fields=["recipient_hash", "created_at"], name="outbox_recipient"),
        ]

    def __str__(self):
        return f"{self.kind} #{self.pk}"

    def postpone(self, now, error):
        """Waits longer after each failure, ten minutes at most, and gives up after a day."""
        self.attempts += 1
        self.last_error = error[:200]
        self.due_at = now + timedelta(seconds=min(LONGEST_WAIT_S, 5 * 2 ** min(self.attempts, 10)))
        if now - self.created_at >= GIVE_UP_AFTER:
            self.failed_at = now
        self.save(update_fields=["attempts", "last_error", "due_at", "failed_at"])


class SuppressedAddress(models.Model):
    """An address whose owner asked never to be mailed: a keyed hash, not the address."""

    address_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")

    def __str__(self):
        return f"#{self.pk}"


class RateWindow(models.Model):
    """Hits of one client on one limit in one window; the table is unlogged, losing it is harmless."""

    key = models.BinaryField(max_length=32)
    window_start = models.DateTimeField()
    hits = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "window_start"], name="rate_window_once")
        ]
        indexes = [models.Index(fields=["window_start"], name="rate_window_start")]

    def __str__(self):
        return f"{self.hits}"


class Decision(models.Model):
    """One move of one moderated object: who, when, from where to where, and why."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, editable=False)
    object_id = models.BigIntegerField(editable=False)
    subject = GenericForeignKey()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, editable=False
    )
    at = models.DateTimeField(editable=False)
    from_status = models.CharField(max_length=20, editable=False)
    to_status = models.CharField(max_length=20, editable=False)
    reason = models.TextField(blank=True, editable=False)

    class Meta:
        verbose_name = _("decision")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["content_type", "object_id", "-at"], name="decision_of")]

    def __str__(self):
        return f"{self.from_status} → {self.to_status}"
