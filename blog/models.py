"""Posts, their blocks, authors and topics."""

import html
import re
from collections import defaultdict
from urllib.parse import urlsplit

from content_editor.models import Region, create_plugin_base
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models.functions import JSONObject, TruncMonth
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField

from blog.pictures import Encoding, PictureField
from common.markup import sanitise
from common.text import refuse_control_and_direction

SEARCH_CONFIG = "english"
WORDS_A_MINUTE = 220
_SAYS_SOMETHING = r"\S"
_WEB_ADDRESS = r"^https?://"


def encoding_field():
    """How far the worker is with the picture of a row."""
    return models.CharField(
        _("versions of the picture"),
        max_length=10,
        choices=Encoding.choices,
        default=Encoding.WAITING,
        editable=False,
    )


class WebAddressField(models.URLField):
    default_validators = [URLValidator(schemes=["http", "https"])]

    def formfield(self, **kwargs):
        return super().formfield(**{"assume_scheme": "https"} | kwargs)


def web_address(field):
    """The condition that `field` holds nothing, or an address of the web."""
    return models.Q(**{field: ""}) | models.Q(**{f"{field}__regex": _WEB_ADDRESS})


class Author(models.Model):
    name = models.CharField(_("name"), max_length=200, validators=[refuse_control_and_direction])
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    biography = models.TextField(
        _("biography"), blank=True, help_text=_("A few sentences, without markup.")
    )
    picture = PictureField(
        _("picture"),
        upload_to="blog/authors",
        blank=True,
        width_field="picture_width",
        height_field="picture_height",
        encoding_field="picture_encoding",
    )
    picture_width = models.PositiveIntegerField(null=True, editable=False)
    picture_height = models.PositiveIntegerField(null=True, editable=False)
    picture_encoding = encoding_field()

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("blog:author", args=[self.slug])


class TagQuerySet(models.QuerySet):
    def in_use(self, now):
        """Topics with at least one post that readers can see; looks no further than the first."""
        visible = Post.objects.published(now).filter(tags=models.OuterRef("pk")).order_by()
        first = models.Subquery(visible.values("pk")[:1])
        return self.annotate(first_post=first).filter(first_post__isnull=False)


class Tag(models.Model):
    name = models.CharField(
        _("name"), max_length=60, unique=True, validators=[refuse_control_and_direction]
    )
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    description = models.TextField(_("description"), blank=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("blog:tag", args=[self.slug])


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

    def with_teasers(self):
        """All that a list shows of its posts, in three queries whatever their number."""
        pictures = Image.objects.order_by("parent_id", "ordering", "pk").distinct("parent_id")
        return self.for_page().prefetch_related(models.Prefetch("blog_image_set", pictures))

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
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), related_name="posts", blank=True)
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
        return self.status == self.Status.PUBLISHED and self.published_at <= now

    @property
    def lead_image(self):
        """The first picture or None; `with_teasers()` has fetched it for a whole list."""
        return next(iter(self.blog_image_set.all()), None)

    @property
    def reading_minutes(self):
        return max(1, round(len(self.body_text.split()) / WORDS_A_MINUTE))

    def blocks(self):
        """The body in reading order."""
        return with_blocks([self])[0][1]

    def refresh_text(self):
        """Called by a block that changed: the stored words of the body follow its blocks."""
        self.body_text = " ".join(filter(None, (block.plain_text() for block in self.blocks())))
        self.updated_at = timezone.now()
        Post.objects.filter(pk=self.pk).update(body_text=self.body_text, updated_at=self.updated_at)


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


def with_blocks(posts):
    """Pairs of post and blocks in reading order, in one query however many kinds there are."""
    posts = {post.pk: post for post in posts}
    bodies = defaultdict(list)
    kinds = {kind._meta.model_name: kind for kind in (RichText, Image, Quote, CallToAction, Video)}
    columns = {
        name: [field.attname for field in kind._meta.concrete_fields]
        for name, kind in kinds.items()
    }
    parts = [
        kind.objects.filter(parent__in=posts)
        .order_by()
        .annotate(
            kind_name=models.Value(name),
            row=JSONObject(**{column: column for column in columns[name]}),
        )
        .values_list("kind_name", "row")
        for name, kind in kinds.items()
    ]
    for name, row in parts[0].union(*parts[1:], all=True) if posts else ():
        block = kinds[name].from_db("default", columns[name], [row[key] for key in columns[name]])
        block.parent = posts[block.parent_id]
        bodies[block.parent_id].append(block)
    return [
        (post, sorted(bodies[key], key=lambda block: (block.ordering, block.pk)))
        for key, post in posts.items()
    ]


class Block(create_plugin_base(Post)):
    """One part of a body. A new kind adds a model here, a template and an admin inline."""

    class Meta:
        abstract = True
        ordering = ["ordering", "pk"]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.ordering}"

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        self.parent.refresh_text()

    def delete(self, *args, **kwargs):
        deleted = super().delete(*args, **kwargs)
        self.parent.refresh_text()
        return deleted

    def plain_text(self):
        raise NotImplementedError

    @property
    def template_name(self):
        return f"blog/blocks/{self._meta.model_name}.html"


class RichText(Block):
    text = ProseEditorField(
        _("text"),
        extensions={
            "Bold": True,
            "Italic": True,
            "Heading": {"levels": [2, 3, 4]},
            "BulletList": True,
            "OrderedList": True,
            "ListItem": True,
            "HardBreak": True,
            "Link": {"enableTarget": False},
        },
        sanitize=sanitise,
    )

    class Meta(Block.Meta):
        verbose_name = _("text")
        verbose_name_plural = _("texts")

    def save(self, *args, **kwargs):
        # The field sanitises in full_clean() only; rows written by code pass here.
        self.text = str(sanitise(self.text))
        super().save(*args, **kwargs)

    def markup(self):
        """Sanitised once more: rows written past `save()` must not reach a reader raw."""
        return sanitise(self.text)

    def plain_text(self):
        return _plain(self.text)


class Image(Block):
    file = PictureField(
        _("picture"),
        upload_to="blog",
        width_field="width",
        height_field="height",
        encoding_field="encoding",
        help_text=_("JPEG, PNG or WebP, best 1600 pixels wide and 16:9."),
    )
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    encoding = encoding_field()
    alt = models.CharField(
        _("alternative text"),
        max_length=300,
        blank=True,
        help_text=_("What the picture shows, for people who cannot see it."),
    )
    is_decorative = models.BooleanField(
        _("decorative"), default=False, help_text=_("The picture adds nothing to the text.")
    )
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    credit = models.CharField(_("photo credit"), max_length=200)

    class Meta(Block.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_decorative=True) | models.Q(alt__regex=_SAYS_SOMETHING),
                name="image_alt_or_decorative",
                violation_error_message=_(
                    "Describe the picture in the alternative text, or tick “decorative”."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(credit__regex=_SAYS_SOMETHING),
                name="image_credit",
                violation_error_message=_("Say who made the picture."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="image_waiting_for_encoding",
                condition=models.Q(encoding="waiting") & ~models.Q(file=""),
            ),
        ]

    @property
    def alt_text(self):
        return "" if self.is_decorative else self.alt

    def plain_text(self):
        return self.caption


class Quote(Block):
    text = models.TextField(_("quotation"), max_length=600)
    attribution = models.CharField(_("attribution"), max_length=200, blank=True)

    class Meta(Block.Meta):
        verbose_name = _("quotation")
        verbose_name_plural = _("quotations")

    def plain_text(self):
        return f"{self.text} {self.attribution}".strip()


class CallToAction(Block):
    text = models.CharField(
        _("invitation"),
        max_length=200,
        blank=True,
        help_text=_("A sentence above the button and the live count; may be left out."),
    )

    class Meta(Block.Meta):
        verbose_name = _("call to join")
        verbose_name_plural = _("calls to join")

    def plain_text(self):
        return self.text


class Video(Block):
    """A link to a video with a thumbnail of our own: nobody else learns of it before the click."""

    url = WebAddressField(_("address of the video"))
    title = models.CharField(_("title of the video"), max_length=200)
    thumbnail = PictureField(
        _("thumbnail"),
        upload_to="blog",
        width_field="width",
        height_field="height",
        encoding_field="encoding",
        help_text=_("JPEG, PNG or WebP, best 1600 pixels wide and 16:9."),
    )
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    encoding = encoding_field()
    credit = models.CharField(_("photo credit"), max_length=200, blank=True)

    class Meta(Block.Meta):
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(url__regex=_WEB_ADDRESS), name="video_is_at_web_address"
            ),
        ]

    @property
    def host(self):
        return urlsplit(self.url).hostname.removeprefix("www.")

    def plain_text(self):
        return self.title


_BEFORE_A_BLOCK = re.compile(r"(?=<(?!/?(?:a|strong|em)\b))")


def _plain(markup):
    """The words of sanitised HTML: paragraphs and the like separate words, emphasis does not."""
    return " ".join(html.unescape(strip_tags(_BEFORE_A_BLOCK.sub(" ", markup))).split())
