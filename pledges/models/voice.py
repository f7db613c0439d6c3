from hashlib import blake2b

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from coalition.search import Fold
from pledges import flags
from pledges.models.pledge import Pledge


class VoiceQuerySet(models.QuerySet):
    def listed(self):
        """Approved, of people who still stand; newest first."""
        return (
            self.filter(status=Voice.Status.APPROVED, pledge__standing_country__isnull=False)
            .select_related("pledge")
            .order_by("-created_at", "-pk")
        )

    def awaiting_moderation(self):
        """Of confirmed people only, oldest first: what nobody confirmed nobody needs to read."""
        return (
            self.filter(status=Voice.Status.PENDING, pledge__standing_country__isnull=False)
            .select_related("pledge")
            .order_by("created_at", "pk")
        )


class Voice(models.Model):
    """The reason a supporter gives, shown after moderation."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")

    MOVES = {
        Status.PENDING: {Status.APPROVED, Status.DECLINED},
        Status.APPROVED: {Status.DECLINED},
        Status.DECLINED: {Status.APPROVED},
    }

    pledge = models.OneToOneField(Pledge, on_delete=models.CASCADE, related_name="voice")
    text = models.CharField(_("text"), max_length=280)
    original_text = models.CharField(
        _("as the supporter wrote it"),
        max_length=280,
        blank=True,  # where nobody mended the text
    )
    status = models.CharField(
        _("status"), max_length=20, choices=Status.choices, default=Status.PENDING
    )
    created_at = models.DateTimeField(_("written"))
    words = models.GeneratedField(  # what a search reads, as `Pledge.shown_words`
        expression=Concat(Value(" "), Fold("text")),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = VoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("voice")
        indexes = [
            models.Index(fields=["status", "-created_at", "-id"], name="voice_status_newest"),
            models.Index(
                fields=["created_at", "id"], name="voice_waiting", condition=Q(status="pending")
            ),
            GinIndex(
                fields=["words"],
                opclasses=["gin_trgm_ops"],
                name="voice_words",
                condition=Q(status="approved"),
            ),
        ]

    def __str__(self):
        return self.text[:60]

    @property
    def trail_label(self):
        """Not their words: these go when they are erased, and the trail stays."""
        return f"#{self.pk}"

    @property
    def version(self):
        """Tells this text in this status from any other; a decision is about the one shown."""
        return blake2b(f"{self.status}:{self.text}".encode(), digest_size=8).hexdigest()

    @property
    def flags(self):
        return flags.of(self.text)

    shown_name = property(lambda self: self.pledge.shown_name)
    initial = property(lambda self: self.pledge.initial)
    country_name = property(lambda self: self.pledge.country_name)
    kind_names = property(lambda self: self.pledge.kind_names)


class VoiceDeclineReason(models.Model):
    """Why a voice is not shown, from a list that staff keep; the supporter reads its text."""

    name = models.CharField(_("name"), max_length=60, help_text=_("As moderators see it."))
    text = models.CharField(
        _("text"), max_length=300, help_text=_("As the supporter reads it on their own page.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("reason for not showing a voice")
        verbose_name_plural = _("reasons for not showing a voice")
        ordering = ["position", "name"]

    def __str__(self):
        return self.name
