"""Logos: what an upload must be, and the clean picture we make of it.

Nothing a stranger uploaded is ever served. The file is measured before it is decoded, decoded by
Pillow from three formats, and drawn anew at a bounded size, which drops EXIF, trailers and
whatever else came along.
"""

import re
import secrets
from dataclasses import dataclass
from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, ImageStat

from common.decoding import one_at_a_time

MAX_BYTES = 2 * 1024 * 1024
MAX_PIXELS = 16_000_000
MAX_SIDE_PX = 6000
FIT_PX = (600, 400)  # at 2×
FIT_1X_PX = (300, 200)
ENDINGS = (".webp", "-1x.webp", ".png", "-1x.png")  # a FileField holds the name of the first
LIGHT = 200  # mean brightness, of 255, from which a picture on nothing needs dark ground
LOSSLESS_UP_TO_BYTES = 60_000  # a photograph kept without loss weighs five times as much

_FORMATS = ("PNG", "JPEG", "WEBP")
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_FOREIGN = re.compile(
    rb"<script|<html|<!doctype|<svg|<iframe|<\?php|%PDF-|PK\x03\x04.*PK\x05\x06",
    re.IGNORECASE | re.DOTALL,
)
_UNDECODABLE = (OSError, SyntaxError, ValueError, EOFError, OverflowError, IndexError)


@dataclass(frozen=True)
class Logo:
    """A clean picture, `width` × `height` px at 2×, one file for each of ENDINGS."""

    files: tuple[bytes, ...]
    width: int
    height: int
    is_light: bool

    def give_to(self, owner, stem=""):
        """Stores the files and names them in a Member or Revision, which the caller saves.

        Raises OSError where the storage takes no file; what it took is removed again.
        """
        stem = f"logos/{stem or secrets.token_hex(16)}"
        storage = owner.logo.storage
        owner.logo = stem + ENDINGS[0]
        owner.logo_width, owner.logo_height = self.width, self.height
        owner.logo_is_light = self.is_light
        try:
            for ending, content in zip(ENDINGS, self.files, strict=True):
                if not storage.exists(stem + ending):
                    storage.save(stem + ending, ContentFile(content))
        except OSError:
            discard(owner.logo)
            raise


class Pictures:
    """Addresses of the files behind a logo's name, and the size at 1×."""

    def __init__(self, logo, width, height):
        stem = logo.name.removesuffix(ENDINGS[0])
        self.webp, self.webp_1x, self.png, self.png_1x = (
            logo.storage.url(stem + ending) for ending in ENDINGS
        )
        self.width, self.height = _fitted(width, height)


def discard(logo):
    """Deletes every file of a logo; harmless where there is none."""
    if logo:
        stem = logo.name.removesuffix(ENDINGS[0])
        for ending in ENDINGS:
            logo.storage.delete(stem + ending)


def erase_owners(queryset):
    """Deletes rows with the logos they own; returns how many.

    By the condition of the queryset: a contact who confirms at this moment stays.
    """
    erased = 0
    for owner in queryset.iterator():
        rows, _each = queryset.filter(pk=owner.pk).delete()
        if rows:
            discard(owner.logo)
            erased += 1
    return erased


def _fitted(width, height):
    scale = min(1, FIT_1X_PX[0] / width, FIT_1X_PX[1] / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


class LogoUpload(FileUploadHandler):
    """Takes the one file a form asks for and keeps no more of it than the limit needs to show.

    A 20 MB upload thus costs 2 MB of memory and no disk, and still tells its true size.
    """

    taken = False

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        if self.taken or self.field_name != "logo":
            raise SkipFile
        self.taken = True
        self.kept = BytesIO()

    def receive_data_chunk(self, raw_data, start):
        if start <= MAX_BYTES:
            self.kept.write(raw_data)

    def file_complete(self, file_size):
        self.kept.seek(0)
        return InMemoryUploadedFile(
            self.kept,
            self.field_name,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )


def read(upload):
    """The Logo made of an uploaded file; raises ValidationError that says what to do instead."""
    if upload.size > MAX_BYTES:
        raise _refused(_("The logo is larger than 2 MB. Save a smaller copy."), "bytes")
    data = upload.read()
    if _is_svg(data, upload.name):
        raise _refused(
            _("SVG files can carry programs, so we do not take them. Save it as PNG or WebP."),
            "svg",
        )
    end = _end_of_picture(data)
    if end is None:
        raise _refused(_("Choose a PNG, JPEG or WebP file that opens as a picture."), "format")
    return _decoded(data, end)


@one_at_a_time
def _decoded(data, end):
    image = _measured(data)
    if data[end:].strip(b"\0\r\n\t ") or _FOREIGN.search(data):
        raise _refused(
            _("The file holds something besides the picture. Open it and save it anew."), "foreign"
        )
    return drawn_anew(image)


def _refused(message, code):
    return ValidationError(message, code=code)


def _is_svg(data, name):
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return (
        name.lower().endswith((".svg", ".svgz"))
        or head.startswith((b"<svg", b"<?xml"))
        or (head.startswith(b"<") and b"<svg" in head)
    )


def _measured(data):
    """The picture opened but not yet decoded, once its header promises a decent size."""
    try:
        image = Image.open(BytesIO(data), formats=_FORMATS)
        frames = getattr(image, "n_frames", 1)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except _UNDECODABLE:
        raise _unreadable() from None
    if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE_PX:
        raise _too_many_pixels()
    if frames > 1:
        raise _refused(_("The logo moves. Choose a picture that stands still."), "animated")
    return image


def drawn_anew(image):
    """The Logo made of a Pillow image: eight bits, fitted into FIT_PX, nothing but pixels."""
    try:
        image.load()
        image = _in_eight_bits(ImageOps.exif_transpose(image))
        image.thumbnail(FIT_PX, Image.Resampling.LANCZOS)
    except _UNDECODABLE:
        raise _unreadable() from None
    image.info = {}
    small = image.resize(_fitted(*image.size), Image.Resampling.LANCZOS)
    files = (_as_webp(image), _as_webp(small), _as_png(image), _as_png(small))
    return Logo(files, image.width, image.height, _is_light(small))


def _in_eight_bits(image):
    """RGB or RGBA, whatever came: palette, grey, CMYK, 16 bits, transparent or not."""
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value / 257).convert("L")
    is_transparent = "transparency" in image.info or image.mode in (
        "RGBA",
        "LA",
        "PA",
        "RGBa",
        "La",
    )
    return image.convert("RGBA" if is_transparent else "RGB")


def _is_light(image):
    """Whether the picture stands on nothing and would vanish on white."""
    if image.mode != "RGBA":
        return False
    alpha = image.getchannel("A")
    seen = alpha.point(lambda value: 255 * (value > 127))
    is_cut_out = ImageStat.Stat(seen).mean[0] < 230
    return (
        is_cut_out
        and bool(seen.getbbox())
        and ImageStat.Stat(image.convert("L"), seen).mean[0] > LIGHT
    )


def _as_webp(image):
    content = _written(image, "WEBP", method=4, lossless=True)
    if len(content) > LOSSLESS_UP_TO_BYTES:
        content = _written(image, "WEBP", method=4, quality=85)
    return content


def _as_png(image):
    """For the few programs that show no WebP; a photograph in 256 colours, to stay small."""
    content = _written(image, "PNG", optimize=True)
    if len(content) > LOSSLESS_UP_TO_BYTES:
        method = Image.Quantize.FASTOCTREE  # the one that knows transparency
        content = _written(image.quantize(256, method), "PNG", optimize=True)
    return content


def _written(image, kind, **options):
    written = BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def _too_many_pixels():
    return _refused(
        _("The logo has too many pixels. Save a copy at most 6,000 pixels wide and high."),
        "pixels",
    )


def _unreadable():
    return _refused(_("The logo is damaged. Open it and save it anew."), "unreadable")


def _end_of_picture(data):
    """Where the picture ends by its own account: behind it nothing may follow. None: no picture.

    A truncated picture ends where its data end; decoding it then says that it is damaged.
    """
    if data.startswith(_PNG_SIGNATURE):
        return _end_of_png(data)
    if data.startswith(b"\xff\xd8\xff"):
        return _end_of_jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        length = int.from_bytes(data[4:8], "little")
        return 8 + length + length % 2
    return None


def _end_of_png(data):
    position = len(_PNG_SIGNATURE)
    while position + 8 <= len(data):
        kind = data[position + 4 : position + 8]
        position += 12 + int.from_bytes(data[position : position + 4], "big")
        if kind == b"IEND":
            return position
    return len(data)


def _end_of_jpeg(data):
    position = 2
    while (position := data.find(b"\xff", position)) != -1 and position + 1 < len(data):
        marker = data[position + 1]
        if marker == 0xD9:
            return position + 2
        if marker == 0xFF:  # a filling byte
            position += 1
        elif marker in (0x00, 0x01) or 0xD0 <= marker <= 0xD8:  # stuffing and restarts
            position += 2
        else:
            position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    return len(data)
