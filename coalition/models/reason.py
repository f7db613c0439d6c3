from django.db import models
from django.utils.translation import gettext_lazy as _


class DeclineReason(models.Model):
    """A reason for declining that staff keep; the contact reads its text."""

    name = models.CharField(_("name"), max_length=100, help_text=_("As moderators see it."))
    text = models.TextField(_("text"), help_text=_("As the contact reads it in the mail."))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("reason for declining")
        verbose_name_plural = _("reasons for declining")
        ordering = ["position", "name"]

    def __str__(self):
        return self.name
