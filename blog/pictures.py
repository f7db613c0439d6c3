"""Pictures that staff upload: judged before they are decoded, and never stored as they came.

What is kept was encoded here: at once a JPEG that everything can show, the master, and a little
later, outside the request, AVIF, WebP and JPEG in the widths a page asks for. That drops EXIF with
its places and dates, other metadata, and whatever a file carried behind the picture. File names are
random, so an address tells nothing and is never reused.
"""

import io
import secrets
import warnings
from dataclasses import astuple, dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.db.models.fields.files import ImageFieldFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from common.decoding import one_at_a_time
from common.uploads import NotTaken

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 50_000_000
MIN_SIDE = 16  # pixels
WIDTHS = (480, 800, 1200, 1600, 2400)  # pixels; nothing is scaled up
LINKED_WIDTH = 1200  # pixels, for those who take one address: feeds, networks, old browsers
MASTER = {"quality": 90, "progressive": True}
KINDS = {  # best first; the options are Pillow's
    "avif": ("AVIF", {"quality": 55, "speed": 8}),
    "webp": ("WEBP", {"quality": 76}),
    "jpg": ("JPEG", {"quality": 78, "progressive": True}),
}


class Encoding(models.TextChoices):
    WAITING = "waiting", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


@dataclass(frozen=True)
class Rendition:
    """One stored width of a picture, in one format."""

    name: str
    width: int
    kind: str


@one_at_a_time
def check(upload):
    """Raises ValidationError unless `upload` is a picture we can take, and there is room for it.

    Returns the file to keep. It is stored once for trial: a full disk that is met when the form is
    saved comes too late for the form to say so.
    """
    kept = _as_kept(upload)
    trial = f"trials/{secrets.token_hex(12)}.jpg"
    try:
        try:
            default_storage.save(trial, kept)
        finally:
            default_storage.delete(trial)
    except OSError as error:
        raise _no_room() from error
    return kept


@one_at_a_time
def master(upload):
    """The picture as it is kept, upright and at most as wide as the widest; raises ValidationError."""
    with _decoded(upload) as source:
        image = _on_white(ImageOps.exif_transpose(source))
    return _scaled(image, min(image.width, WIDTHS[-1]))


def widths(original):
    """The widths in which a picture of this width is kept, narrowest first.

    >>> widths(2400), widths(1000), widths(300)
    ([480, 800, 1200, 1600, 2400], [480, 800, 1000], [300])
    """
    widest = min(original, WIDTHS[-1])
    return [width for width in WIDTHS if width < widest] + [widest]


def _decoded(upload):
    if upload.size > MAX_BYTES:
        raise ValidationError(
            _("Choose a picture of at most %(limit)s MB."),
            code="too_big",
            params={"limit": MAX_BYTES // 1024 // 1024},
        )
    upload.seek(0)
    try:
        with warnings.catch_warnings():
            # Pillow warns about very large pictures; they are refused by name below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(upload, formats=FORMATS)
        _check_size(image)
        image.load()
    except ValidationError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except Exception as error:  # A broken file raises whatever its decoder raises.
        raise ValidationError(
            _("Choose a JPEG, PNG or WebP picture. Other formats, SVG among them, are not taken."),
            code="unreadable",
        ) from error
    return image


def _check_size(image):
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()
    if min(image.size) < MIN_SIDE:
        raise ValidationError(_("Choose a larger picture."), code="too_small")


def _no_room():
    return ValidationError(
        _("We cannot store pictures just now. Save without it, and tell who runs the site."),
        code="no_room",
    )


def _too_many_pixels():
    return ValidationError(
        _("Choose a picture with at most %(limit)s million pixels."),
        code="too_many_pixels",
        params={"limit": MAX_PIXELS // 1_000_000},
    )


def _on_white(image):
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image).convert("RGB")


def _scaled(image, width):
    if width == image.width:
        return image
    size = (width, _height(*image.size, width))
    return image.resize(size, Image.Resampling.LANCZOS)


def _height(original_width, original_height, width):
    return max(1, round(original_height * width / original_width))


def _as_kept(upload):
    return _file(master(upload), "JPEG", **MASTER)


def _file(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    # Django measures only files that have a name.
    return ContentFile(buffer.getvalue(), name=f"picture.{kind.lower()}")


class PictureFile(ImageFieldFile):
    """A stored picture: the file itself is the master, `renditions()` are made by the worker."""

    def save(self, name, content, save=True):
        setattr(self.instance, self.field.encoding_field, Encoding.WAITING)
        kept = getattr(content, "kept", None) or _as_kept(content)  # a form has made it already
        super().save(f"{secrets.token_hex(12)}.jpg", kept, save=save)

    save.alters_data = True

    def make_renditions(self):
        """Writes what is missing beside the master; may be interrupted and called again."""
        with self.storage.open(self.name) as file, Image.open(file, formats=["JPEG"]) as image:
            image.load()
            for rendition in self.renditions():
                if not self.storage.exists(rendition.name):
                    kind, options = KINDS[rendition.kind]
                    scaled = _scaled(image, rendition.width)
                    self.storage.save(rendition.name, _file(scaled, kind, **options))

    def renditions(self):
        """Narrowest first. The widths follow from the stored width, so no file is touched."""
        return [
            Rendition(self._sibling(width, kind), width, kind)
            for kind in KINDS
            for width in widths(self.stored_width)
        ]

    @property
    def is_ready(self):
        return getattr(self.instance, self.field.encoding_field) == Encoding.READY

    @property
    def stored_width(self):
        return getattr(self.instance, self.field.width_field)

    @property
    def sources(self):
        """Formats better than JPEG, best first, as (media type, srcset); none before all is made."""
        kinds = [kind for kind in KINDS if kind != "jpg"] if self.is_ready else []
        return [(f"image/{kind}", self._srcset(kind)) for kind in kinds]

    @property
    def srcset(self):
        """The widths of the JPEG, `""` before they are made."""
        return self._srcset("jpg") if self.is_ready else ""

    @property
    def narrowest(self):
        """The address of the smallest JPEG there is."""
        if not self.is_ready:
            return self.url
        return self.storage.url(self._sibling(widths(self.stored_width)[0], "jpg"))

    @property
    def linked(self):
        """The JPEG for those who take one address, as (address, width, height)."""
        width, height = self.stored_width, getattr(self.instance, self.field.height_field)
        if not self.is_ready:
            return self.url, width, height
        smaller = min(width, LINKED_WIDTH)
        return (
            self.storage.url(self._sibling(smaller, "jpg")),
            smaller,
            _height(width, height, smaller),
        )

    def _srcset(self, wanted):
        return ", ".join(
            f"{self.storage.url(name)} {width}w"
            for name, width, kind in map(astuple, self.renditions())
            if kind == wanted
        )

    def _sibling(self, width, kind):
        return f"{self.name.removesuffix('.jpg')}-{width}.{kind}"


class PictureFormField(forms.FileField):
    """An upload that is a picture we can take. `forms.ImageField` would also take TIFF and EPS."""

    def to_python(self, data):
        if isinstance(data, NotTaken):
            raise _no_room()
        upload = super().to_python(data)
        if upload is not None:
            upload.kept = check(upload)
        return upload

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"accept": "image/jpeg,image/png,image/webp"}


class PictureField(models.ImageField):
    """Needs `width_field`, `height_field` and `encoding_field`, declared after it."""

    attr_class = PictureFile

    def __init__(self, *args, encoding_field=None, **kwargs):
        self.encoding_field = encoding_field
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"encoding_field": self.encoding_field}

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PictureFormField} | kwargs)
