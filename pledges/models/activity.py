from django.db import models
from django.utils.translation import gettext_lazy as _


class ActivityQuerySet(models.QuerySet):
    def within(self, since, until):
        """Of the hours that begin in this span."""
        return self.filter(hour__gte=since, hour__lt=until)

    def of(self, scope):
        return self.filter(scope=scope)

    def by_scope_and_key(self):
        """A mapping for each key of a scope, its hours added up, busiest first."""
        sums = {name: models.Sum(name) for name in ("signed", "handed_over", "confirmed")}
        return self.values("scope", "key").annotate(**sums).order_by("-signed", "-confirmed", "key")


class Activity(models.Model):
    """What happened in one hour (UTC). Only `pledges.activity` writes here, from rows.

    Kept because unconfirmed pledges are deleted, and so that no page has to count pledges.
    """

    class Scope(models.TextChoices):
        ALL = "all", _("All")  # key empty
        PROVIDER = "provider", _("Mailbox provider")  # a name, "other" for all small ones
        COUNTRY = "country", _("Country")  # ISO 3166-1 alpha-2
        CHANNEL = "channel", _("Way")  # referral, member or direct
        SOURCE = "source", _("Source")  # utm_source of the link that was followed

    hour = models.DateTimeField()  # its beginning
    scope = models.CharField(max_length=10, choices=Scope.choices)
    key = models.CharField(max_length=40, blank=True)
    signed = models.PositiveIntegerField(default=0)
    handed_over = models.PositiveIntegerField(default=0)  # confirmation mails, to a mail server
    confirmed = models.PositiveIntegerField(default=0)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "hour", "key"], name="one_activity_per_hour_and_key"
            )
        ]

    def __str__(self):
        return f"{self.hour:%Y-%m-%d %H} {self.scope} {self.key}"


class Sinking(models.Model):
    """A day on which staff were told that the mail of one provider no longer leads to confirmations."""

    provider = models.CharField(max_length=40)
    day = models.DateField()
    handed_over = models.PositiveIntegerField()
    confirmed = models.PositiveIntegerField()
    usual_percent = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "day"], name="told_of_sinking_once_a_day")
        ]

    def __str__(self):
        return f"{self.day} {self.provider}"
