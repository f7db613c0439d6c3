from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import models
from django.db.models import ExpressionWrapper, F, Func, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _

from coalition import logos
from coalition.models.fields import CanonicalAddressField
from coalition.models.question import Question
from coalition.search import Fold, nearest
from common import addresses, countries, tokens
from common.flexibility import Flexibility, labels

STATEMENT_MAX_LENGTH = 600
AFFIRMED_FOR = timedelta(days=365)  # then a member says again that all of it is true
FORMER_SHOWN_FOR = timedelta(days=180)  # after it lapsed; then it is hidden

_DOMAIN = "^https?://(?:www[.])?([^/:?#]+)"


class Kind(models.TextChoices):
    COMPANY = "company", _("Company")
    NONPROFIT = "nonprofit", _("Nonprofit")
    ACADEMIC = "academic", _("Academic institution")
    LEADER = "leader", _("Business leader")


class Size(models.TextChoices):
    """People who work there."""

    UP_TO_9 = "1-9", _("1 to 9")
    UP_TO_49 = "10-49", _("10 to 49")
    UP_TO_249 = "50-249", _("50 to 249")
    UP_TO_999 = "250-999", _("250 to 999")
    MORE = "1000+", _("1,000 or more")


class Status(models.TextChoices):
    PENDING = "pending", _("Pending")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("Lapsed")


EDITABLE = (Status.APPROVED, Status.LAPSED)


class MemberQuerySet(models.QuerySet):
    def listed(self):
        """Public: approved, and nothing else."""
        return self.filter(status=Status.APPROVED)

    def former(self, now):
        """Still shown, as former: lapsed a while ago."""
        return self.filter(status=Status.LAPSED, lapsed_at__gt=now - FORMER_SHOWN_FOR)

    def with_page(self, now):
        return self.listed() | self.former(now)

    def editable(self):
        """Their contacts may change them: they have, or had, a page."""
        return self.filter(status__in=EDITABLE)

    def confirmed(self):
        """Applications whose contact has shown that the address is theirs."""
        return self.filter(status=Status.PENDING, contact_confirmed_at__isnull=False)

    def awaiting_moderation(self):
        """What staff have to decide on now: confirmed, and not waiting for an answer of theirs."""
        return self.confirmed().exclude(Question.open_to(OuterRef("pk")))

    def awaiting_answer(self):
        return self.confirmed().filter(Question.open_to(OuterRef("pk")))

    def unconfirmed(self):
        return self.filter(status=Status.PENDING, contact_confirmed_at=None)

    def abandoned(self, now):
        """Applications whose contact never confirmed, past the time we keep such data."""
        kept = timedelta(days=settings.UNCONFIRMED_KEPT_DAYS)
        return self.unconfirmed().filter(created_at__lt=now - kept)

    def to_reaffirm(self, moment):
        """Listed members whose year is over at this moment."""
        return self.listed().filter(last_affirmed_at__lte=moment - AFFIRMED_FOR)

    def featured(self):
        return self.listed().filter(featured_at__isnull=False)

    def featured_first(self):
        """Those that staff feature, then the newest."""
        return self.order_by(F("featured_at").desc(nulls_last=True), "-approved_at", "pk")

    def with_contact(self, address):
        """Those whose contact reads mail at this address."""
        return self.filter(contact_canonical=addresses.canonical(address))

    def of_kind(self, kind):
        return self.filter(kind=kind)

    def by_token(self, purpose, token):
        """The member for which this token was made. Raises Member.DoesNotExist."""
        member = self.get(code=tokens.code_of(token))
        if not tokens.matches(token, f"coalition-{purpose}", member.code, member.link_epoch):
            raise self.model.DoesNotExist
        return member

    def by_name(self):
        return self.order_by("folded_name", "pk")

    def matching(self, words, **narrowed):
        """Names that contain the words, else the nearest that nearly do, accents and case aside.

        Asks at once which it is. Names that start with the words come first, then by the alphabet
        or by likeness. `narrowed`: the status and the country to look for, if only one of each.
        """
        folded = Fold(Value(words))
        members = self.filter(**narrowed)
        containing = members.filter(folded_name__contains=folded)
        if containing.exists():
            starts = ExpressionWrapper(Q(folded_name__startswith=folded), models.BooleanField())
            return containing.order_by(starts.desc(), "folded_name", "pk")
        likeness = TrigramWordSimilarity(folded, "folded_name")
        return members.filter(pk__in=nearest(words, **narrowed)).order_by(
            likeness.desc(), "folded_name", "pk"
        )


class Member(models.Model):
    """A company, nonprofit, academic institution or business leader; before approval an application."""

    Kind = Kind
    Status = Status
    MOVES = {
        Status.PENDING: {Status.APPROVED, Status.DECLINED},
        Status.DECLINED: {Status.APPROVED},
        Status.APPROVED: {Status.DECLINED, Status.LAPSED},
        Status.LAPSED: {Status.APPROVED, Status.DECLINED},
    }

    name = models.CharField(_("name"), max_length=200)
    folded_name = models.GeneratedField(
        expression=Fold("name"), output_field=models.TextField(), db_persist=True
    )
    slug = models.SlugField(_("slug"), max_length=80)
    code = models.CharField(
        _("code"), max_length=tokens.CODE_LENGTH, unique=True, default=tokens.new_code
    )
    link_epoch = models.PositiveSmallIntegerField(default=0, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.PENDING, db_index=True
    )
    website = models.URLField(_("website"), max_length=200)
    domain = models.GeneratedField(
        expression=Func(F("website"), Value(_DOMAIN), function="substring"),
        output_field=models.TextField(null=True),
        db_persist=True,
        db_index=True,
    )
    country = models.CharField(_("country"), max_length=2)
    size = models.CharField(_("people"), max_length=10, choices=Size, blank=True)
    flexibility = ArrayField(
        models.CharField(max_length=20, choices=Flexibility),
        verbose_name=_("flexibility"),
        default=list,
        blank=True,
    )
    statement = models.CharField(_("statement"), max_length=STATEMENT_MAX_LENGTH)
    logo = models.FileField(_("logo"), upload_to="logos/", blank=True)
    logo_width = models.PositiveSmallIntegerField(_("logo width (px)"), null=True, blank=True)
    logo_height = models.PositiveSmallIntegerField(_("logo height (px)"), null=True, blank=True)
    logo_alt = models.CharField(_("logo described"), max_length=200, blank=True)
    logo_is_light = models.BooleanField(_("logo is for dark ground"), default=False)
    contact_name = models.CharField(_("contact name"), max_length=200)
    contact_role = models.CharField(_("contact role"), max_length=200)
    contact_email = models.EmailField(_("contact email"), max_length=addresses.MAX_LENGTH)
    contact_canonical = CanonicalAddressField(of="contact_email")
    contact_confirmed_at = models.DateTimeField(_("contact confirmed"), null=True, blank=True)
    authority_confirmed_at = models.DateTimeField(_("said to speak for the organisation"))
    created_at = models.DateTimeField(_("applied"))
    approved_at = models.DateTimeField(_("joined"), null=True, blank=True)
    reaffirmed_at = models.DateTimeField(_("last reaffirmed"), null=True, blank=True)
    last_affirmed_at = models.GeneratedField(
        expression=Coalesce("reaffirmed_at", "approved_at"),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
    )
    reminded_at = models.DateTimeField(_("last reminded"), null=True, blank=True)
    reminders_stopped_at = models.DateTimeField(
        _("wants no reminders since"), null=True, blank=True
    )
    lapsed_at = models.DateTimeField(_("lapsed"), null=True, blank=True)
    featured_at = models.DateTimeField(_("featured"), null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(name="member_slug_unique", fields=["slug"]),
            models.CheckConstraint(
                name="member_kind_known", condition=Q(kind__in=[kind.value for kind in Kind])
            ),
            models.CheckConstraint(
                name="member_status_known",
                condition=Q(status__in=[status.value for status in Status]),
            ),
            models.CheckConstraint(
                name="member_flexibility_known",
                condition=Q(flexibility__contained_by=[way.value for way in Flexibility]),
            ),
            models.CheckConstraint(
                name="member_joined_once_approved",
                condition=~Q(status__in=["approved", "lapsed"]) | Q(approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="member_size_known",
                condition=Q(size__in=["", *(size.value for size in Size)]),
            ),
            models.CheckConstraint(
                name="member_country_code", condition=Q(country__regex="^[A-Z]{2}$")
            ),
            models.CheckConstraint(name="member_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="member_logo_sized_and_described",
                condition=Q(logo="", logo_width=None, logo_height=None)
                | Q(~Q(logo=""), ~Q(logo_alt=""), logo_width__gt=0, logo_height__gt=0),
            ),
        ]
        indexes = [
            GinIndex(
                name="member_name_trigrams",
                fields=["folded_name"],
                opclasses=["gin_trgm_ops"],
                fastupdate=False,
            ),
            models.Index(
                name="member_listed_by_name",
                fields=["folded_name", "id"],
                condition=Q(status="approved"),
            ),
            models.Index(name="member_contact", fields=["contact_canonical"]),
            models.Index(
                name="member_waiting",
                fields=["created_at"],
                condition=Q(status="pending"),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("coalition:member", args=[self.slug])

    def token(self, purpose):
        """For a link in a mail: `confirm`, `answer`, `edit`, `reaffirm` or `stop`."""
        return tokens.make(f"coalition-{purpose}", self.code, self.link_epoch)

    @property
    def logo_pictures(self):
        """The files of the logo, or None: what `coalition/_logo.html` shows."""
        return self.logo and logos.Pictures(self.logo, self.logo_width, self.logo_height)

    @property
    def join_path(self):
        return reverse("join", args=[self.code])

    @property
    def embed_path(self):
        """Where badge and sign-up form stand ready to copy, with the member's code in them."""
        return reverse("pledges:embed_code", query={"via": self.code})

    @property
    def is_listed(self):
        return self.status == Status.APPROVED

    @property
    def is_editable(self):
        return self.status in EDITABLE

    @property
    def affirmed_until(self):
        return self.last_affirmed_at and self.last_affirmed_at + AFFIRMED_FOR

    @property
    def initials(self):
        """What hangs on the wall where there is no logo: one or two letters."""
        words = [word for word in self.name.split() if word[0].isalnum()] or [self.name]
        return "".join(word[0] for word in words[:2]).upper()

    @property
    def website_name(self):
        """`https://www.example.com/about` as people say it: `example.com/about`."""
        return self.website.partition("://")[2].removeprefix("www.").rstrip("/")

    @property
    def website_host_in_ascii(self):
        """Shows a moderator that `exаmple.com` is written with a Cyrillic letter."""
        return punycode(urlsplit(self.website).hostname)

    @property
    def country_name(self):
        return countries.name(self.country)

    @property
    def flexibility_labels(self):
        return labels(self.flexibility)
