from django.conf import settings
from django.db import models
from django.db.models import Exists, Q
from django.utils.translation import gettext_lazy as _


class Question(models.Model):
    """What staff asked an applicant before deciding, and the answer once there is one."""

    member = models.ForeignKey("Member", on_delete=models.CASCADE, related_name="questions")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    text = models.TextField(_("question"))
    asked_at = models.DateTimeField(_("asked"))
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("question")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_open_question_per_member",
                fields=["member"],
                condition=Q(answered_at=None),
            ),
        ]

    def __str__(self):
        return self.text[:60]

    @classmethod
    def open_to(cls, member):
        return Exists(cls.objects.filter(member=member, answered_at=None))
