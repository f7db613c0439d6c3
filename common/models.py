import re
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.db import connection, models
from django.db.models import F, Value
from django.db.models.functions import Least, Replace
from django.utils.translation import gettext_lazy as _

from common import addresses

GIVE_UP_AFTER = timedelta(days=1)
LONGEST_WAIT = timedelta(minutes=10)
# For what passes by itself, so that mail comes within two minutes of that.
LONGEST_PASSING_WAIT = timedelta(seconds=100)
# About ten minutes: nothing is given up right after a day without a worker.
LEAST_PASSING_TRIES = 10


class OutboxQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(sent_at=None, failed_at=None)

    def given_up(self):
        return self.filter(failed_at__isnull=False).order_by("-pk")

    def due(self, now):
        return self.waiting().filter(due_at__lte=now).order_by("due_at")

    def bring_forward(self, now):
        """What is due later than any wait is long was written by a clock that ran ahead."""
        ahead = self.waiting().filter(due_at__gt=now + LONGEST_WAIT)
        return ahead.update(due_at=now, created_at=Least(F("created_at"), now))


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
            # Its index also finds all mails to one address.
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
                fields=["sent_at"],
                name="outbox_sent",
                condition=models.Q(sent_at__isnull=False),
            ),
            models.Index(
                fields=["failed_at"],
                name="outbox_failed",
                condition=models.Q(failed_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.kind} #{self.pk}"

    def settle(self, now, *, had_something_to_say):
        """Nothing is left to do: the mail was handed over, or there was none to send."""
        with connection.cursor() as cursor:
            cursor.execute(_SETTLE, {"now": now, "is_mail": had_something_to_say, "id": self.pk})

    def postpone(self, now, error, *, passes):
        """Waits longer after each failure, and gives up after a day.

        `passes`: the failure may pass by itself.
        """
        self.attempts += 1
        self.last_error = error[:200]
        longest = LONGEST_PASSING_WAIT if passes else LONGEST_WAIT
        self.due_at = now + min(longest, timedelta(seconds=5 * 2 ** min(self.attempts, 10)))
        is_hopeless = not passes or self.attempts >= LEAST_PASSING_TRIES
        if is_hopeless and now - self.created_at >= GIVE_UP_AFTER:
            self.failed_at = now
        self.save(update_fields=["attempts", "last_error", "due_at", "failed_at"])


_SETTLE = """
    UPDATE common_outboxmessage
       SET sent_at = %(now)s, attempts = attempts + 1,
           last_error = CASE WHEN %(is_mail)s THEN '' ELSE 'nothing to say' END,
           recipient = CASE WHEN %(is_mail)s THEN recipient ELSE '' END
     WHERE id = %(id)s
"""


class SuppressedAddress(models.Model):
    """An address whose owner asked never to be mailed: a keyed hash, not the address."""

    address_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")

    def __str__(self):
        return f"#{self.pk}"


class Heartbeat(models.Model):
    """A worker process and when it was last heard of."""

    name = models.CharField(_("process"), max_length=100, unique=True)  # host:number
    started_at = models.DateTimeField(_("started"))
    at = models.DateTimeField(_("last heard of"))

    class Meta:
        verbose_name = _("heartbeat")
        ordering = ["-at"]

    def __str__(self):
        return self.name


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


class AuditQuerySet(models.QuerySet):
    def about(self, *subjects):
        """What was done to these objects of one kind."""
        kind = subjects[0]._meta.label_lower
        return self.filter(subject_type=kind, subject_id__in=[one.pk for one in subjects])

    def moves(self):
        """Decisions on moderated objects: from one status to another."""
        return self.exclude(from_status="")

    def matching(self, words):
        """Where every word starts one of who, what, to which object and why."""
        starts = [f"{word}:*" for word in re.findall(r"[\w@.-]*\w", words)]
        if not starts:
            return self
        query = SearchQuery(" & ".join(starts), search_type="raw", config="simple")
        return self.filter(search=query)


class AuditEntry(models.Model):
    """Who did what to which object, when and why. The database refuses to change or delete one.

    Written by `common.trail` and `common.moderation`, and by a trigger for what the admin logs.
    Names no supporter: the trail outlives their erasure, so a subject they wrote has no label.
    """

    at = models.DateTimeField(_("when"), editable=False)
    # No constraint: a login that is gone keeps its number and its name here.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    actor_name = models.CharField(_("who"), max_length=150, editable=False)  # "": the site itself
    action = models.CharField(_("what"), max_length=20, editable=False)  # mostly an Action
    subject_type = models.CharField(_("kind"), max_length=100, editable=False)  # pledges.pledge
    subject_id = models.BigIntegerField(null=True, editable=False)  # null: several, or none
    label = models.CharField(_("of"), max_length=200, editable=False)
    from_status = models.CharField(max_length=20, editable=False)  # "": nothing was moved
    why = models.TextField(_("why"), editable=False)
    details = models.JSONField(_("details"), default=dict, editable=False)
    search = models.GeneratedField(
        expression=SearchVector(
            F("actor_name"),
            F("action"),
            Replace("subject_type", Value("."), Value(" ")),
            F("label"),
            F("why"),
            config="simple",
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the audit trail")
        verbose_name_plural = _("audit trail")
        default_permissions = ["view"]
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["actor", "-at"], name="audit_of_actor"),
            models.Index(fields=["action", "-at"], name="audit_of_action"),
            models.Index(fields=["subject_type", "subject_id", "-at"], name="audit_of_subject"),
            GinIndex(fields=["search"], name="audit_search"),
        ]

    def __str__(self):
        return f"{self.action} {self.subject_type} {self.subject_id or ''}".strip()

    @property
    def action_name(self):
        return dict(Action.choices).get(self.action, self.action)

    @property
    def subject_name(self):
        """`pledge #12`, or `blog.post 7` where the kind is no longer known to the code."""
        try:
            kind = apps.get_model(self.subject_type)._meta.verbose_name
        except LookupError:
            kind = self.subject_type
        return f"{kind} {self.label or self.subject_id or ''}".strip()


class Action(models.TextChoices):
    """What can be done: one word for all kinds of objects. Add yours here."""

    ADDED = "added", _("added")
    CHANGED = "changed", _("changed")
    DELETED = "deleted", _("deleted")
    APPROVED = "approved", _("approved")
    DECLINED = "declined", _("declined")
    MENDED = "mended", _("mended")
    REPLACED = "replaced", _("replaced")
    TAKEN_BACK = "taken_back", _("taken back")
    CONTACT_NAMED = "contact_named", _("another contact named")
    LAPSED = "lapsed", _("lapsed")
    RELEASED = "released", _("released from quarantine")
    INVALIDATED = "invalidated", _("invalidated")
    RESTORED = "restored", _("restored")
    READY = "ready", _("counted")
    RUNNING = "running", _("started")
    STOPPED = "stopped", _("stopped")
    FINISHED = "finished", _("finished")
    UNDOING = "undoing", _("began to undo")
    UNDONE = "undone", _("undone")
    DISCARDED = "discarded", _("discarded")
    SWITCHED_ON = "switched on", _("switched on")
    SWITCHED_OFF = "switched off", _("switched off")
    EXPORTED = "exported", _("exported")
    INVITED = "invited", _("invited")
    RESENT = "resent", _("mailed again")
    CORRECTED = "corrected", _("corrected")
    WITHDRAWN = "withdrawn", _("withdrawn")
    ERASED = "erased", _("erased")
    SECOND_FACTOR_RESET = "second_factor_reset", _("second factor reset")
