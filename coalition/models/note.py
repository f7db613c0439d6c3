from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from coalition.models.member import Member


class Note(models.Model):
    """What a moderator tells the others; no applicant ever reads it."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(_("written"))
    text = models.TextField(_("note"))

    class Meta:
        verbose_name = _("note")
        ordering = ["-at", "-pk"]

    def __str__(self):
        return self.text[:60]
