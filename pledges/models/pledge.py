from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coalition.search import Fold
from common import addresses, countries, tokens
from common.flexibility import Flexibility, labels
from pledges import wordings
from pledges.models.expressions import ArrayAppend, IsDistinctFrom, MailDomain
from pledges.models.queryset import LISTED, PledgeQuerySet

STANDING = Q(
    confirmed_at__isnull=False,
    withdrawn_at__isnull=True,
    invalidated_at__isnull=True,
    quarantined_at__isnull=True,
)

SHOWS_NAME = "name"  # beside the kinds of flexibility, what the listed are tallied by


class Suspicion(models.TextChoices):
    """Why a pledge went into quarantine. Kept when it is released: nobody looks at it twice."""

    TRAP = "trap", _("Filled in what people do not see")
    BLOCKED = "blocked", _("On the block list")
    NETWORK = "network", _("Many at once from one network")
    DOMAIN = "domain", _("Many at once with one mail domain")


class Pledge(models.Model):
    """One supporter's commitment. The row is the truth; numbers shown are folded from rows.

    Its life is a line: signed, confirmed, withdrawn. Whoever signs again after a withdrawal
    writes a new row, so no date and no number ever changes.
    """

    class State(models.TextChoices):
        """Where a pledge is: in exactly one of these, of which the first that fits is the one."""

        ERASED = "erased", _("Erased")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        PENDING = "pending", _("Waiting for confirmation")  # also of those who look suspicious
        INVALIDATED = "invalidated", _("Taken out by staff")
        QUARANTINED = "quarantined", _("Waiting for a look")
        STANDING = "standing", _("Confirmed and standing")

    email = models.CharField(_("email"), max_length=addresses.MAX_LENGTH, blank=True)
    email_canonical = models.CharField(  # noqa: DJ001  null, not "": unique while it is there
        max_length=2 * addresses.MAX_LENGTH,
        null=True,  # once erased
        editable=False,
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=2)
    region = models.CharField(_("region"), max_length=100, blank=True)
    flexibility = ArrayField(
        models.CharField(max_length=20, choices=Flexibility.choices),
        verbose_name=_("kinds of flexibility"),
        default=list,
        blank=True,
    )
    shows_name = models.BooleanField(_("shows name"), default=False)
    wants_news = models.BooleanField(_("wants news"), default=False)
    # Kept beside the voice by `voices`, so that the wall needs one index.
    has_shown_voice = models.BooleanField(default=False, editable=False)
    # Where the form came from, as 203.0.113.0/24: never the whole address, and not for long.
    network = models.CharField(
        _("network"), max_length=43, blank=True, db_default="", editable=False
    )
    suspicion = models.CharField(
        _("suspicion"),
        max_length=10,
        choices=Suspicion.choices,
        blank=True,
        db_default="",
        editable=False,
    )
    # `utm_source` of the link followed; told apart in a tally, so it never changes.
    source = models.CharField(_("source"), max_length=40, blank=True, db_default="", editable=False)
    # Consent: to which wording, on which of our pages, and when the ticks for name and news were
    # last changed, under which wording; null and "" where they are as when signing.
    wording = models.CharField(_("wording"), max_length=20, default=wordings.CURRENT)
    page = models.CharField(
        _("signed on the page"), max_length=40, blank=True, db_default="", editable=False
    )
    ticked_at = models.DateTimeField(_("ticks changed"), null=True, editable=False)
    ticked_wording = models.CharField(
        _("wording of the ticks"), max_length=20, blank=True, db_default="", editable=False
    )

    code = models.CharField(max_length=tokens.CODE_LENGTH, default=tokens.new_code)
    link_epoch = models.PositiveSmallIntegerField(default=0)

    created_at = models.DateTimeField(_("signed"))
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    invalidated_at = models.DateTimeField(_("invalidated"), null=True, blank=True)
    quarantined_at = models.DateTimeField(_("in quarantine since"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    number = models.PositiveIntegerField(_("supporter number"), null=True, blank=True, unique=True)
    referrer = models.ForeignKey(
        "self",
        verbose_name=_("came through"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="referrals",
        db_index=False,
    )
    # No constraint: what came through a member still counts as such once staff delete it.
    member = models.ForeignKey(
        "coalition.Member",
        verbose_name=_("came through the member"),
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    # Kept after an undo: the ledger explains both by it.
    cleanup = models.ForeignKey(
        "pledges.Cleanup",
        verbose_name=_("clean-up"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="pledges",
        db_index=False,
    )
    # The tally in which the row belongs, and the one in which it is: null where in none yet. Where
    # the two differ, `counting` has something to do.
    state = models.GeneratedField(
        expression=Case(
            When(erased_at__isnull=False, then=Value(State.ERASED.value)),
            When(withdrawn_at__isnull=False, then=Value(State.WITHDRAWN.value)),
            When(confirmed_at__isnull=True, then=Value(State.PENDING.value)),
            When(invalidated_at__isnull=False, then=Value(State.INVALIDATED.value)),
            When(quarantined_at__isnull=False, then=Value(State.QUARANTINED.value)),
            default=Value(State.STANDING.value),
        ),
        output_field=models.CharField(_("state"), max_length=12, choices=State.choices),
        db_persist=True,
    )
    counted_state = models.CharField(  # noqa: DJ001  null where not counted yet
        max_length=12, null=True, editable=False
    )
    # Likewise for the tallies of countries.
    standing_country = models.GeneratedField(
        expression=Case(When(STANDING, then=F("country")), default=None),
        output_field=models.CharField(max_length=2, null=True),
        db_persist=True,
    )
    counted_country = models.CharField(  # noqa: DJ001  null like standing_country
        max_length=2, null=True, editable=False
    )

    # And for those of the wall: the kinds under which it lists the row, with SHOWS_NAME
    # where it shows the name; null where it does not list it.
    listed_under = models.GeneratedField(
        expression=Case(
            When(
                STANDING & Q(shows_name=True),
                then=ArrayAppend(F("flexibility"), Value(SHOWS_NAME)),
            ),
            When(STANDING & Q(has_shown_voice=True), then=F("flexibility")),
            default=None,
        ),
        output_field=ArrayField(models.CharField(max_length=20), null=True),
        db_persist=True,
    )
    counted_under = ArrayField(models.CharField(max_length=20), null=True, editable=False)
    # What a search of the wall reads: never a name that is not shown. Starts with a space, so that
    # the start of every word can be told.
    shown_words = models.GeneratedField(
        expression=Case(When(shows_name=True, then=Concat(Value(" "), Fold("name"))), default=None),
        output_field=models.TextField(null=True),
        db_persist=True,
    )

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("pledge")
        permissions = [
            ("see_address", _("Can see addresses in full")),
            ("correct_pledge", _("Can resend, correct, withdraw and erase at a person's request")),
            ("export_pledge", _("Can export pledges")),
        ]
        constraints = [
            # No `unique=True`: for a search by the start of the text, that makes a second index.
            models.UniqueConstraint(fields=["code"], name="pledge_code_unique"),
            models.UniqueConstraint(
                fields=["email_canonical"],
                condition=Q(withdrawn_at=None),
                name="one_live_pledge_per_address",
            ),
            models.CheckConstraint(
                condition=Q(email_canonical__isnull=False) | Q(erased_at__isnull=False),
                name="pledge_has_address_until_erased",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(email="", name="", withdrawn_at__isnull=False),
                name="erased_pledge_identifies_nobody",
            ),
            models.CheckConstraint(
                condition=Q(number=None) | Q(confirmed_at__isnull=False),
                name="number_only_after_confirmation",
            ),
            models.CheckConstraint(
                condition=Q(country__regex=r"^[A-Z]{2}$"), name="pledge_country_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(flexibility__contained_by=Flexibility.values),
                name="pledge_flexibility_is_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["confirmed_at", "id"],
                name="pledge_to_fold",
                condition=Q(
                    IsDistinctFrom(F("state"), Coalesce(F("counted_state"), Value("pending")))
                )
                | Q(IsDistinctFrom(F("standing_country"), F("counted_country")))
                | Q(IsDistinctFrom(F("listed_under"), F("counted_under"))),
            ),
            models.Index(fields=["created_at"], name="pledge_signed"),
            models.Index(
                fields=["confirmed_at"],
                name="pledge_confirmed",
                condition=Q(confirmed_at__isnull=False),
            ),
            # What staff search by.
            models.Index(MailDomain("email_canonical"), F("id").desc(), name="pledge_domain"),
            models.Index(OpClass(Fold("name"), "text_pattern_ops"), name="pledge_name_start"),
            models.Index(
                fields=["email_canonical"],
                name="pledge_withdrawn_address",
                condition=Q(withdrawn_at__isnull=False),
            ),
            models.Index(
                fields=["created_at"],
                name="pledge_untallied",
                condition=Q(state="pending", counted_state=None),
            ),
            models.Index(
                fields=["created_at"],
                name="pledge_unconfirmed",
                condition=Q(confirmed_at=None, withdrawn_at=None),
            ),
            models.Index(
                fields=["created_at"],
                name="pledge_network_known",
                condition=~Q(network=""),
            ),
            models.Index(
                fields=["withdrawn_at"],
                name="pledge_withdrawn",
                condition=Q(withdrawn_at__isnull=False),
            ),
            models.Index(
                fields=["invalidated_at"],
                name="pledge_invalidated",
                condition=Q(invalidated_at__isnull=False),
            ),
            models.Index(
                fields=["quarantined_at"],
                name="pledge_quarantined",
                condition=Q(quarantined_at__isnull=False),
            ),
            models.Index(
                fields=["quarantined_at"],
                name="pledge_awaiting_review",
                condition=Q(state="quarantined"),
            ),
            models.Index(
                fields=["referrer"], name="pledge_referrer", condition=Q(referrer__isnull=False)
            ),
            models.Index(
                fields=["cleanup", "id"],
                name="pledge_cleanup",
                condition=Q(cleanup__isnull=False),
            ),
            models.Index(
                fields=["-number"],
                include=["flexibility"],
                name="pledge_listed",
                condition=Q(standing_country__isnull=False) & LISTED,
            ),
            models.Index(
                fields=["standing_country", "-number"],
                include=["flexibility"],
                name="pledge_listed_by_country",
                condition=Q(standing_country__isnull=False) & LISTED,
            ),
            GinIndex(
                fields=["shown_words"],
                opclasses=["gin_trgm_ops"],
                name="pledge_shown_words",
                condition=Q(standing_country__isnull=False, shows_name=True),
            ),
        ]

    def __str__(self):
        return f"#{self.number}" if self.number else f"({self.code})"

    def get_absolute_url(self):
        """The supporter's own page."""
        return reverse("pledges:mine", args=[self.token("mine")])

    def epoch_of(self, purpose):
        """Links to one's own page end when a new one is asked for; the others last."""
        return self.link_epoch if purpose == "mine" else 0

    def token(self, purpose):
        return tokens.make(purpose, self.code, self.epoch_of(purpose))

    def end_links(self):
        """Ends every link to the own page that was made so far."""
        Pledge.objects.filter(pk=self.pk).update(link_epoch=F("link_epoch") + 1)
        self.refresh_from_db(fields=["link_epoch"])

    def note_ticks(self, *, now, **ticks):
        """Consent to what is ticked differently from now on (`shows_name`, `wants_news`)."""
        live = Pledge.objects.live().filter(pk=self.pk)
        live.exclude(**ticks).update(**ticks, ticked_at=now, ticked_wording=wordings.CURRENT)

    @property
    def state_name(self):
        return self.State(self.state).label

    @property
    def join_path(self):
        return reverse("join", args=[self.code])

    @property
    def shown_name(self):
        """What the public reads: the name by consent only."""
        return self.name if self.shows_name else _("A supporter")

    @property
    def masked_email(self):
        return addresses.masked(self.email)

    @property
    def initial(self):
        return str(self.shown_name)[:1].upper()

    @property
    def first_name(self):
        return self.name.split(" ")[0]

    @property
    def country_name(self):
        return countries.name(self.country)

    @property
    def kind_names(self):
        return labels(self.flexibility)
