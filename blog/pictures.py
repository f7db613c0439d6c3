"""Pictures that staff upload: judged before they are decoded, and never stored as they came.

What is kept was encoded here: a JPEG that every reader can show and WebP in the widths a page
asks for. That drops EXIF with its places and dates, other metadata, and whatever a file carried
behind the picture. File names are random, so an address tells nothing and is never reused.
"""

import io
import secrets
import warnings
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from django.db.models.fields.files import ImageFieldFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 50_000_000
MIN_SIDE = 16  # pixels
WIDTHS = (800, 1600)  # pixels; nothing is scaled up
JPEG_QUALITY = 82
WEBP_QUALITY = 78


@dataclass(frozen=True)
class Rendition:
    """One stored width of a picture."""

    name: str
    width: int


def check(upload):
    """Raises ValidationError unless `upload` is a picture we can take."""
    with _decoded(upload):
        pass


def encode(upload):
    """The pictures to store, widest first, as (image, width); raises ValidationError."""
    with _decoded(upload) as source:
        image = _on_white(ImageOps.exif_transpose(source))
    return [(_scaled(image, width), width) for width in reversed(widths(image.width))]


def widths(original):
    """The widths in which a picture of this width is kept, narrowest first.

    >>> widths(2400), widths(1000), widths(300)
    ([800, 1600], [800, 1000], [300])
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
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _file(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    # Django measures only files that have a name.
    return ContentFile(buffer.getvalue(), name=f"picture.{kind.lower()}")


class PictureFile(ImageFieldFile):
    """A stored picture: the file itself is the JPEG, `renditions()` are its WebP siblings."""

    def save(self, name, content, save=True):
        pictures = encode(content)
        stem = secrets.token_hex(12)
        jpeg = _file(pictures[0][0], "JPEG", quality=JPEG_QUALITY, progressive=True)
        super().save(f"{stem}.jpg", jpeg, save=False)
        for image, width in pictures:
            self.storage.save(self._sibling(width), _file(image, "WEBP", quality=WEBP_QUALITY))
        if save:
            self.instance.save()

    save.alters_data = True

    def renditions(self):
        """Narrowest first. The widths follow from the stored width, so no file is touched."""
        return [Rendition(self._sibling(width), width) for width in widths(self.stored_width)]

    @property
    def stored_width(self):
        return getattr(self.instance, self.field.width_field)

    @property
    def srcset(self):
        return ", ".join(f"{self.storage.url(r.name)} {r.width}w" for r in self.renditions())

    def _sibling(self, width):
        return f"{self.name.removesuffix('.jpg')}-{width}.webp"


class PictureFormField(forms.FileField):
    """An upload that is a picture we can take. `forms.ImageField` would also take TIFF and EPS."""

    def to_python(self, data):
        upload = super().to_python(data)
        if upload is not None:
            check(upload)
        return upload

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"accept": "image/jpeg,image/png,image/webp"}


class PictureField(models.ImageField):
    """Needs `width_field` and `height_field`, declared after it: sizes are known once encoded."""

    attr_class = PictureFile

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PictureFormField} | kwargs)
