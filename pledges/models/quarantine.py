from django.utils.translation import gettext_lazy as _

from pledges.models.pledge import Pledge


class QuarantinedPledge(Pledge):
    """What staff look through in the admin; `pledges.quarantine` groups it."""

    class Meta:
        proxy = True
        verbose_name = _("pledge in quarantine")
        verbose_name_plural = _("quarantine")
        default_permissions = []
        permissions = [
            ("review_quarantine", _("Can release from quarantine, and invalidate there"))
        ]
