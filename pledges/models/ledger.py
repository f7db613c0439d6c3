from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from pledges.models.cleanup import Cleanup


class LedgerEntry(models.Model):
    """By how much the total changed on one day for one reason. All entries add up to the total.

    Written by the statement that changes the total, and never changed after its day. A mistake is
    mended by another entry (`recounting`), as in any ledger.
    """

    class Kind(models.TextChoices):
        CONFIRMED = "confirmed", _("New confirmations")
        WITHDRAWN = "withdrawn", _("Withdrawals")
        QUARANTINED = "quarantined", _("Held for a look")
        RELEASED = "released", _("Counted again after a look")
        INVALIDATED = "invalidated", _("Taken out by staff")
        RESTORED = "restored", _("Put back by staff")
        CLEANED_UP = "cleaned_up", _("Clean-up")
        CLEANUP_UNDONE = "cleanup_undone", _("Clean-up undone")
        DRIFTED = "drifted", _("Error found by a recount")
        CORRECTED = "corrected", _("Correction by a recount")

    day = models.DateField(_("day"))  # of counting, UTC
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices)
    country = models.CharField(_("country"), max_length=2, blank=True)  # of new confirmations
    # No constraint: it would have the fold wait for whoever holds the clean-up.
    cleanup = models.ForeignKey(
        Cleanup,
        verbose_name=_("clean-up"),
        null=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    amount = models.IntegerField(_("people"))

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.UniqueConstraint(
                "day", "kind", "country", Coalesce("cleanup", 0), name="one_ledger_entry_a_day"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-day", "-id"],
                name="ledger_departures",
                condition=~models.Q(kind="confirmed"),
            ),
        ]

    def __str__(self):
        return f"{self.day} {self.kind} {self.amount:+}"


class Recount(models.Model):
    """One comparison of every stored count with every row; what differed is corrected since."""

    at = models.DateTimeField(_("finished"))
    drifted = models.PositiveIntegerField(_("wrong tallies"))
    difference = models.IntegerField(_("change of the total"))  # people
    findings = models.JSONField(default=list)  # sentences for staff; the first of very many

    class Meta:
        verbose_name = _("recount")
        indexes = [models.Index(fields=["-at"], name="recount_newest")]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M}"
