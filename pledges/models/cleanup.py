from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from common import addresses, tokens


class CleanupQuerySet(models.QuerySet):
    def at_work(self):
        """Those with something to do for the worker, oldest first."""
        return self.filter(status__in=Cleanup.AT_WORK).order_by("pk")


class Cleanup(models.Model):
    """A saved search for pledges that are none, and the run that takes them out of the count.

    Nothing is deleted: what a run found is invalidated, remembers the run, and can be put back.
    `pledges.cleaning` walks the table for it, in the order of the primary key.
    """

    class Status(models.TextChoices):
        COUNTING = "counting", _("Being counted")
        READY = "ready", _("Ready to start")
        RUNNING = "running", _("Running")
        STOPPED = "stopped", _("Stopped")
        FINISHED = "finished", _("Finished")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")
        DISCARDED = "discarded", _("Discarded")

    MOVES = {
        Status.COUNTING: {Status.READY, Status.DISCARDED},
        Status.READY: {Status.RUNNING, Status.DISCARDED},
        Status.RUNNING: {Status.FINISHED, Status.STOPPED},
        Status.STOPPED: {Status.RUNNING, Status.UNDOING},
        Status.FINISHED: {Status.UNDOING},
        Status.UNDOING: {Status.UNDONE},
    }
    AT_WORK = (Status.COUNTING, Status.RUNNING, Status.UNDOING)

    address = models.CharField(
        _("address"),
        max_length=addresses.MAX_LENGTH,
        blank=True,
        help_text=_("With * for what differs, as in bot*@example.org."),
    )
    domain = models.CharField(
        _("domain"),
        max_length=addresses.MAX_LENGTH,
        blank=True,
        help_text=_("What follows the @; domains below it are included."),
    )
    network = models.CharField(
        _("network"),
        max_length=43,
        blank=True,
        help_text=_("As in 203.0.113.0/24; known for sign-ups of the last 30 days."),
    )
    via = models.CharField(
        _("came through"),
        max_length=tokens.CODE_LENGTH,
        blank=True,
        help_text=_("The code in the link of a supporter or a coalition member."),
    )
    source = models.CharField(
        _("source"),
        max_length=40,
        blank=True,
        help_text=_("The utm_source of the link that was followed."),
    )
    signed_from = models.DateTimeField(_("signed from"), null=True, blank=True, help_text=_("UTC"))
    signed_until = models.DateTimeField(
        _("signed before"), null=True, blank=True, help_text=_("UTC")
    )

    reason = models.CharField(
        _("public reason"),
        max_length=200,
        blank=True,
        help_text=_("Everybody reads it on the page about the count. Name nobody."),
    )
    note = models.TextField(_("note"), blank=True, help_text=_("Only staff read it."))
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=Status.choices,
        default=Status.COUNTING,
        editable=False,
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    created_at = models.DateTimeField(_("written"), editable=False)
    # Also what `invalidated_at` is of whatever the run took out: so it knows its own work again.
    started_at = models.DateTimeField(_("started"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)
    undone_at = models.DateTimeField(_("undone"), null=True, editable=False)

    # The walk: pledges that came later are none of its business.
    last_pk = models.BigIntegerField(editable=False)
    position = models.BigIntegerField(default=0, editable=False)  # primary keys up to here are done
    found = models.PositiveIntegerField(_("found"), default=0, editable=False)
    found_standing = models.PositiveIntegerField(_("found in the count"), default=0, editable=False)
    sample = ArrayField(models.BigIntegerField(), default=list, editable=False)  # primary keys
    invalidated = models.PositiveIntegerField(_("taken out"), default=0, editable=False)
    restored = models.PositiveIntegerField(_("put back"), default=0, editable=False)

    objects = CleanupQuerySet.as_manager()

    class Meta:
        verbose_name = _("clean-up")
        verbose_name_plural = _("clean-ups")
        default_permissions = ["view"]
        permissions = [("run_cleanup", _("Can prepare, run and undo clean-ups"))]
        constraints = [
            models.CheckConstraint(
                condition=~Q(
                    address="",
                    domain="",
                    network="",
                    via="",
                    source="",
                    signed_from=None,
                    signed_until=None,
                ),
                name="cleanup_looks_for_something",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") | Q(started_at=None), name="cleanup_tells_its_reason"
            ),
        ]

    def __str__(self):
        """What it looks for."""
        sought = [self.address, self.domain, self.network, self.via, self.source]
        if self.signed_from:
            sought.append(_("from %s") % _moment(self.signed_from))
        if self.signed_until:
            sought.append(_("before %s") % _moment(self.signed_until))
        return " · ".join(str(one) for one in sought if one)

    @property
    def is_at_work(self):
        return self.status in self.AT_WORK


def _moment(moment):
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
