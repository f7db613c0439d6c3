"""The parts that bodies of posts are made of, and how posts are fetched with them."""

import html
import re
from collections import defaultdict
from urllib.parse import urlsplit

from content_editor.models import create_plugin_base
from django.db import models
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField

from blog.models.fields import WEB_ADDRESS, WebAddressField, encoding_field
from blog.models.post import Post
from blog.pictures import PictureField
from common.markup import sanitise

_SAYS_SOMETHING = r"\S"


class Block(create_plugin_base(Post)):
    """One part of a body. A new kind adds a model here, a template and an admin inline."""

    class Meta:
        abstract = True
        ordering = ["ordering", "pk"]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.ordering}"

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        refresh_text(self.parent)

    def delete(self, *args, **kwargs):
        deleted = super().delete(*args, **kwargs)
        refresh_text(self.parent)
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
                condition=models.Q(url__regex=WEB_ADDRESS), name="video_is_at_web_address"
            ),
        ]

    @property
    def host(self):
        return urlsplit(self.url).hostname.removeprefix("www.")

    def plain_text(self):
        return self.title


KINDS = (RichText, Image, Quote, CallToAction, Video)


def with_teasers(posts):
    """All that a list shows of these posts, in three queries whatever their number."""
    pictures = Image.objects.order_by("parent_id", "ordering", "pk").distinct("parent_id")
    return posts.for_page().prefetch_related(models.Prefetch("blog_image_set", pictures))


def with_blocks(posts):
    """Pairs of post and blocks in reading order, in one query however many kinds there are."""
    posts = {post.pk: post for post in posts}
    bodies = defaultdict(list)
    kinds = {kind._meta.model_name: kind for kind in KINDS}
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


def blocks_of(post):
    """The body in reading order."""
    return with_blocks([post])[0][1]


def refresh_text(post):
    """Called where a block changed: the stored words of the body follow its blocks."""
    post.body_text = " ".join(filter(None, (block.plain_text() for block in blocks_of(post))))
    post.updated_at = timezone.now()
    Post.objects.filter(pk=post.pk).update(body_text=post.body_text, updated_at=post.updated_at)


_BEFORE_A_BLOCK = re.compile(r"(?=<(?!/?(?:a|strong|em)\b))")


def _plain(markup):
    """The words of sanitised HTML: paragraphs and the like separate words, emphasis does not."""
    return " ".join(html.unescape(strip_tags(_BEFORE_A_BLOCK.sub(" ", markup))).split())
