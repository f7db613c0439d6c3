from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coalition import logos
from coalition.models.member import EDITABLE, Member
from common import tokens

NAMES_ANOTHER_CONTACT = Q(proposed__has_key="contact_email")


class RevisionQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(status="pending")

    def awaiting_moderation(self):
        """Only of members that have a place to show it, and only what its new contact proved."""
        return (
            self.pending()
            .filter(member__status__in=EDITABLE)
            .exclude(NAMES_ANOTHER_CONTACT, contact_confirmed_at=None)
        )

    def unproven(self):
        """They name another contact, whose address has not confirmed itself."""
        return self.pending().filter(NAMES_ANOTHER_CONTACT, contact_confirmed_at=None)

    def abandoned(self, now):
        """Unproven past the time we keep such data."""
        kept = timedelta(days=settings.UNCONFIRMED_KEPT_DAYS)
        return self.unproven().filter(created_at__lt=now - kept)

    def by_token(self, purpose, token):
        """The change whose new contact got this token. Raises Revision.DoesNotExist."""
        revision = (
            self.pending()
            .filter(NAMES_ANOTHER_CONTACT, member__status__in=EDITABLE)
            .select_related("member")
            .get(member__code=tokens.code_of(token))
        )
        purpose = f"coalition-{purpose} {revision.new_address}"
        if not tokens.matches(token, purpose, revision.member.code):
            raise self.model.DoesNotExist
        return revision


class Revision(models.Model):
    """How a member wants its entry to read from now on; public once staff approve it."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        REPLACED = "replaced", _("Replaced by a later one")
        TAKEN_BACK = "taken_back", _("Taken back by the contact")

    MOVES = {Status.PENDING: {Status.APPROVED, Status.DECLINED, Status.REPLACED, Status.TAKEN_BACK}}

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="revisions")
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.PENDING)
    created_at = models.DateTimeField(_("sent"))
    # Field of Member: new value. How to reach a new contact is in it for as long as it waits.
    proposed = models.JSONField(_("changes"), default=dict)
    contact_confirmed_at = models.DateTimeField(_("new contact confirmed"), null=True, blank=True)
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
                condition=Q(
                    status__in=["pending", "approved", "declined", "replaced", "taken_back"]
                ),
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

    @property
    def new_address(self):
        """Where the contact it names reads mail; None where it names no other."""
        return self.proposed.get("contact_email")

    @property
    def contact_name(self):
        return self.proposed.get("contact_name", self.member.contact_name)

    @property
    def is_unproven(self):
        return self.new_address is not None and self.contact_confirmed_at is None

    def token(self, purpose):
        """For a link in a mail to the new address: `contact`. Lives as long as that is named."""
        return tokens.make(f"coalition-{purpose} {self.new_address}", self.member.code)
