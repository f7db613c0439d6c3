"""The picture that stands beside a shared link where an editor gave none: the title, balanced."""

import hashlib
import io
from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630  # pixels
_FIELD, _INK = "#ffce2e", "#0b2b33"
_BALLS = ("#e8452c", "#5db3e4", "#0e8074", "#ff9eb0", "#e8452c", "#5db3e4")
_MARGIN, _BEAM = 72, 18
_SIZES = (84, 72, 62, 54, 46, 40)  # pixels of the title, the largest that fits
_DESIGN = "1"  # raise it when the drawing changes


def draw(title):
    """Stores the card for a title and returns its name, which follows from what it shows."""
    digest = hashlib.sha256(f"{_DESIGN} {title}".encode()).hexdigest()[:24]
    name = f"blog/cards/{digest}.png"
    if not default_storage.exists(name):
        buffer = io.BytesIO()
        _picture(title).quantize(64).save(buffer, "PNG", optimize=True)
        name = default_storage.save(name, ContentFile(buffer.getvalue()))
    return name


def _picture(title):
    image = Image.new("RGB", (WIDTH, HEIGHT), _FIELD)
    pen = ImageDraw.Draw(image)
    lines, font = _fitted(title)
    leading = round(font.size * 1.15)
    top = _MARGIN
    for line in lines:
        pen.text((_MARGIN, top), line, fill=_INK, font=font)
        top += leading
    _balance(pen)
    small = _font("public-sans-400-700-latin.woff2", 30)
    pen.text((_MARGIN, HEIGHT - 76), "1 Million for Work Flexibility", fill=_INK, font=small)
    return image


def _balance(pen):
    """The mark: six balls on a beam, a pyramid, and the beam level."""
    y = HEIGHT - 110
    pen.rounded_rectangle((_MARGIN, y, WIDTH - _MARGIN, y + _BEAM), _BEAM // 2, fill=_INK)
    radius, right = 30, WIDTH - _MARGIN - 30
    places = [(0, 0), (1, 0), (2, 0), (0.5, 1), (1.5, 1), (1, 2)]
    for (across, up), colour in zip(places, _BALLS, strict=True):
        x = right - radius * (5 - 2 * across)
        middle = y - radius - up * radius * 1.74
        pen.circle((x, middle), radius, fill=colour)


def _fitted(title):
    """The title in lines, in the largest size that leaves room for the beam."""
    for size in _SIZES:
        font = _font("besley-800-latin.woff2", size)
        lines = _lines(title, font)
        if len(lines) * size * 1.15 <= HEIGHT - _MARGIN - 290:
            return lines, font
    most = int((HEIGHT - _MARGIN - 290) // (font.size * 1.15))
    return [*lines[: most - 1], lines[most - 1].rstrip(" .,") + "…"], font


def _lines(title, font):
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > WIDTH - 2 * _MARGIN:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _font(name, size):
    return ImageFont.truetype(Path(finders.find(f"fonts/{name}")), size)
