from content_editor.models import Region
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from blog.models.author import Author
from blog.models.fields import WebAddressField, encoding_field, web_address
from blog.pictures import PictureField
from common.text import refuse_control_and_direction

SEARCH_CONFIG = "english"
WORDS_A_MINUTE = 220


class PostQuerySet(models.QuerySet):
    def published(self, now):
        """What readers can see. Page, lists, feeds, search and sitemap all ask here."""
        return self.filter(status=Post.Status.PUBLISHED, published_at__lte=now)

    def withdrawn(self):
        return self.filter(status=Post.Status.WITHDRAWN)

    def at(self, year, month, slug):
        return self.filter(slug=slug, published_at__year=year, published_at__month=month)

    def without_card(self):
        """Published posts whose card for shared links does not show their title."""
        titled = models.Q(card_title=models.F("title"))
        return self.filter(~titled, status=Post.Status.PUBLISHED).order_by("pk")

    def newest_first(self):
        return self.order_by("-published_at", "-pk")

    def for_page(self):
        """All that the page of a post shows, save for its blocks."""
        return self.select_related("author").prefetch_related("tags").defer("search")


class Post(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    title = models.CharField(_("title"), max_length=200, validators=[refuse_control_and_direction])
    slug = models.SlugField(_("slug"), max_length=120, unique=True)
    status = models.CharField(
        _("status"), max_length=20, choices=Status.choices, default=Status.DRAFT
    )
    published_at = models.DateTimeField(
        _("published at"),
        null=True,
        blank=True,
        help_text=_("UTC. A published post with a time to come goes live by itself at that time."),
    )
    excerpt = models.TextField(
        _("excerpt"),
        max_length=400,
        help_text=_("One or two sentences for lists, search engines and shared links."),
    )
    author = models.ForeignKey(
        Author, verbose_name=_("author"), on_delete=models.PROTECT, related_name="posts"
    )
    tags = models.ManyToManyField("Tag", verbose_name=_("tags"), related_name="posts", blank=True)
    canonical_url = WebAddressField(
        _("canonical address"),
        blank=True,
        help_text=_("Only where the text first appeared elsewhere: its address there."),
    )
    share_picture = PictureField(
        _("share card"),
        upload_to="blog/cards",
        blank=True,
        width_field="share_width",
        height_field="share_height",
        encoding_field="share_encoding",
        help_text=_("1200 by 630 pixels. Without one, a card with the title is drawn."),
    )
    share_width = models.PositiveIntegerField(null=True, editable=False)
    share_height = models.PositiveIntegerField(null=True, editable=False)
    share_encoding = encoding_field()
    # The card the worker drew, and the title that stands on it.
    card = models.CharField(max_length=100, editable=False, default="", blank=True)
    card_title = models.CharField(max_length=200, editable=False, default="", blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)
    # The words of all blocks, kept by the blocks themselves, for search and reading time.
    body_text = models.TextField(editable=False, default="", blank=True)
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config=SEARCH_CONFIG)
        + SearchVector("excerpt", weight="B", config=SEARCH_CONFIG)
        + SearchVector("body_text", weight="C", config=SEARCH_CONFIG),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = PostQuerySet.as_manager()
    regions = [Region(key="main", title=_("Body"))]

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "published", "withdrawn"]),
                name="post_status",
            ),
            models.CheckConstraint(
                condition=models.Q(status="draft") | models.Q(published_at__isnull=False),
                name="post_has_its_time",
                violation_error_message=_("Say when the post is published."),
            ),
            models.CheckConstraint(
                condition=web_address("canonical_url"), name="post_canonical_is_web_address"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-published_at", "-id"],
                name="post_published",
                condition=models.Q(status="published"),
            ),
            models.Index(
                TruncMonth("published_at").desc(),
                name="post_months",
                condition=models.Q(status="published"),
            ),
            models.Index(
                fields=["id"],
                name="post_without_card",
                condition=models.Q(status="published") & ~models.Q(card_title=models.F("title")),
            ),
            models.Index(
                fields=["id"],
                name="post_waiting_for_encoding",
                condition=models.Q(share_encoding="waiting") & ~models.Q(share_picture=""),
            ),
            GinIndex(fields=["search"], name="post_search"),
            GinIndex(OpClass("title", "gin_trgm_ops"), name="post_title_similar"),
            GinIndex(OpClass("excerpt", "gin_trgm_ops"), name="post_excerpt_similar"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """The address for readers. A draft without a time has none yet."""
        return reverse(
            "blog:post", args=[self.published_at.year, self.published_at.month, self.slug]
        )

    def clean(self):
        others = FormerAddress.objects.filter(slug=self.slug).exclude(post=self.pk)
        if others.exists():
            taken = _("Readers who kept the old address of another post would land here.")
            raise ValidationError({"slug": taken})

    def is_live(self, now):
        """The same rule as `published(now)`, for a post at hand."""
        is_public = self.status == self.Status.PUBLISHED
        return is_public and self.published_at is not None and self.published_at <= now

    @property
    def lead_image(self):
        """The first picture or None; `with_teasers()` has fetched it for a whole list."""
        return next(iter(self.blog_image_set.all()), None)

    @property
    def reading_minutes(self):
        return max(1, round(len(self.body_text.split()) / WORDS_A_MINUTE))


class FormerAddress(models.Model):
    """Where a post was once found. Written by a trigger, so that no way to rename forgets it."""

    post = models.ForeignKey(
        Post, verbose_name=_("post"), on_delete=models.CASCADE, related_name="former_addresses"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    month = models.PositiveSmallIntegerField(_("month"))
    slug = models.SlugField(_("slug"), max_length=120)

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "year", "month"], name="former_address_leads_to_one_post"
            )
        ]

    def __str__(self):
        return f"{self.year:04}/{self.month:02}/{self.slug}"
