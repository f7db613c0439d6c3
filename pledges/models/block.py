from django.db import models
from django.utils.translation import gettext_lazy as _

from common import addresses


class BlockQuerySet(models.QuerySet):
    def active(self):
        return self.filter(active_since__isnull=False)


class Block(models.Model):
    """Whoever signs from there goes into quarantine, and sees no difference.

    A new entry does nothing until it is switched on, after a look at whom it would have held.
    """

    class Kind(models.TextChoices):
        NETWORK = "network", _("Network")
        DOMAIN = "domain", _("Mail domain")
        ADDRESS = "address", _("Email address")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    # What sign-ups are compared with; `pledges.blocking` makes it.
    key = models.CharField(max_length=254, unique=True, editable=False)
    shown = models.CharField(
        _("what"), max_length=addresses.MAX_LENGTH, editable=False
    )  # an address is masked
    note = models.CharField(_("note"), max_length=200, blank=True, help_text=_("Why, for you all."))
    created_at = models.DateTimeField(_("written"), editable=False)
    active_since = models.DateTimeField(_("active since"), null=True, editable=False)

    objects = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("blocked source")
        verbose_name_plural = _("block list")

    def __str__(self):
        return self.shown
