from django.db import models
from django.utils.translation import gettext_lazy as _

from common import addresses, tokens
from pledges.models.pledge import Pledge


class NewAddress(models.Model):
    """Where a supporter asked staff to write to from now on, until a link there proves it."""

    PURPOSE = "new-address"

    pledge = models.OneToOneField(Pledge, on_delete=models.CASCADE, related_name="new_address")
    email = models.CharField(_("email"), max_length=addresses.MAX_LENGTH)
    asked_at = models.DateTimeField(_("asked"))

    class Meta:
        verbose_name = _("new address")
        verbose_name_plural = _("new addresses")
        default_permissions = []

    def __str__(self):
        return f"#{self.pk}"

    @classmethod
    def by_token(cls, token):
        """Raises NewAddress.DoesNotExist. A later wish ends the link of an earlier one."""
        wanted = cls.objects.select_related("pledge").get(
            pledge__code=tokens.code_of(token), pledge__withdrawn_at=None
        )
        if not tokens.matches(token, cls.PURPOSE, wanted.pledge.code, wanted.pk):
            raise cls.DoesNotExist
        return wanted

    def token(self):
        return tokens.make(self.PURPOSE, self.pledge.code, self.pk)
