from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coalition import logos
from coalition.models.member import Member, Status


class RevisionQuerySet(models.QuerySet):
    def awaiting_moderation(self):
        """Only of members that have a place to show it."""
        return self.filter(status="pending", member__status__in=[Status.APPROVED, Status.LAPSED])


class Revision(models.Model):
    """How a member wants its entry to read from now on; public once staff approve it."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        REPLACED = "replaced", _("Replaced by a later one")

    MOVES = {Status.PENDING: {Status.APPROVED, Status.DECLINED, Status.REPLACED}}

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="revisions")
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.PENDING)
    created_at = models.DateTimeField(_("sent"))
    proposed = models.JSONField(_("changes"), default=dict)  # field of Member: new value
    logo = models.FileField(_("logo"), upload_to="logos/", blank=True)
    logo_width = models.PositiveSmallIntegerField(null=True, blank=True)
    logo_height = models.PositiveSmallIntegerField(null=True, blank=True)
    logo_is_light = models.BooleanField(default=False)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("change to approve")
        verbose_name_plural = _("changes to approve")
        constraints = [
            models.UniqueConstraint(
                name="one_revision_waits_per_member",
                fields=["member"],
                condition=Q(status="pending"),
            ),
            models.CheckConstraint(
                name="revision_status_known",
                condition=Q(status__in=["pending", "approved", "declined", "replaced"]),
            ),
            models.CheckConstraint(
                name="revision_logo_sized",
                condition=Q(logo="", logo_width=None, logo_height=None)
                | Q(~Q(logo=""), logo_width__gt=0, logo_height__gt=0),
            ),
        ]

    def __str__(self):
        return str(self.member)

    @property
    def logo_pictures(self):
        return self.logo and logos.Pictures(self.logo, self.logo_width, self.logo_height)
