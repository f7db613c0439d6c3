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
from PIL import Image, ImageOps

MAX_BYTES = 2 * 1024 * 1024
MAX_PIXELS = 16_000_000
MAX_SIDE_PX = 6000
FIT_PX = (600, 400)
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
    """A clean WebP picture, `width` × `height` px, ready to be stored."""

    content: bytes
    width: int
    height: int

    def file(self):
        return ContentFile(self.content, name=f"{secrets.token_hex(16)}.webp")


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
    content = _as_webp(image, lossless=True)
    if len(content) > LOSSLESS_UP_TO_BYTES:
        content = _as_webp(image, quality=85)
    return Logo(content, image.width, image.height)


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


def _as_webp(image, **options):
    written = BytesIO()
    image.save(written, "WEBP", method=4, **options)
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
