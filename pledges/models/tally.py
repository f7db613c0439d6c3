from django.db import models
from django.utils.translation import gettext_lazy as _


class TallyQuerySet(models.QuerySet):
    def total(self):
        """Standing pledges, as of the last fold."""
        return self.value("total", "")

    def by_country(self):
        """Pairs of country code and standing pledges, largest first."""
        return list(
            self.filter(scope="country", value__gt=0)
            .order_by("-value", "key")
            .values_list("key", "value")
        )

    def listed(self, country="", kind=""):
        """Pledges that the wall lists, of one country and one kind or of all; as of the last fold.

        With SHOWS_NAME in place of the kind: those of them that show their name.
        """
        return self.value("listed", f"{country}:{kind}")

    def friends_of(self, pledge):
        """Standing pledges that came through this supporter's link."""
        return self.value("referral", str(pledge.pk))

    def through(self, member):
        """Standing pledges that came through this coalition member's link."""
        return self.value("member", str(member.pk))

    def value(self, scope, key):
        return self.filter(scope=scope, key=key).values_list("value", flat=True).first() or 0


class Tally(models.Model):
    """A stored count. Only `counting` writes here, and `recounting` holds all of it against rows.

    Scopes, from pledges: `total` (key empty), `state` (all but standing: those are the total),
    `country` (ISO code), `referral` (id of the referring pledge), `member` (id of the coalition
    member), `listed` (`country:kind`, either or both of them empty for all). From the ledger: `day`
    (change of the total on that ISO date, UTC) and `change` (its changes by kind). Countries, days
    and changes each add up to the total.
    """

    scope = models.CharField(max_length=10)
    key = models.CharField(max_length=40, blank=True)
    value = models.IntegerField()

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="one_tally_per_key"),
        ]

    def __str__(self):
        return f"{self.scope} {self.key}: {self.value}"


class Milestone(models.Model):
    """A stop that the count passed: written once by `milestones`, and never again, whatever dips."""

    stop = models.PositiveIntegerField(_("stop"), unique=True)
    reached_at = models.DateTimeField(_("passed"))
    total = models.PositiveIntegerField(_("supporters then"))

    class Meta:
        verbose_name = _("milestone")
        ordering = ["-stop"]

    def __str__(self):
        return f"{self.stop:,}"
