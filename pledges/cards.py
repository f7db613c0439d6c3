"""The picture that networks show beside a personal link: number, name by consent, live total.

Drawn on `static/img/share.png`, in its own few colours: letters are looked up in a ramp from the
field to ink, which needs no more than a mask and makes small files fast.
"""

import bisect
import functools
import hashlib
import io
import unicodedata
from dataclasses import asdict, dataclass
from pathlib import Path

from django.contrib.humanize.templatetags.humanize import intcomma
from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from PIL import Image, ImageColor, ImageDraw, ImageFont, features

from common.caching import ask

SIZE = (1200, 630)  # pixels
KEPT_S = 3600  # seconds in the cache, whose own limit of entries bounds what it holds
LOOK = 2  # raise it where the same words are to be drawn differently

FIELD, INK = "#ffce2e", "#0b2b33"
SHADES = 64  # between them
MARGIN = 65
WIDTH = SIZE[0] - 2 * MARGIN
NUMBERED = (0, 0, SIZE[0], 345)  # above the people who balance, instead of the headline
GENERAL = (0, 215, SIZE[0], 345)  # below the headline
NUMBER_SIZE = 158
TRACKING = -0.035  # em, between the figures of the big number
NAMES = Path(__file__).parent / "fonts" / "names-700.woff2"
NAME_SIZES = (52, 42, 34)
JOINERS = set("\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}\N{VARIATION SELECTOR-16}")
WITHOUT_SKIN_TONES = dict.fromkeys(range(0x1F3FB, 0x1F400))  # the emoji are of one colour
NO_LETTER = "\uffff"


@dataclass(frozen=True)
class Card:
    """What one card says. Without a number it is the general card, which names nobody."""

    number: int | None
    name: str
    total: int

    @classmethod
    def of(cls, invitation, total):
        return cls(invitation.number, invitation.name, total)

    @property
    def words(self):
        if self.number:
            return ngettext(
                "The first to say that work should bend.",
                "One of %(total)s people who say that work should bend.",
                self.total,
            ) % {"total": intcomma(self.total)}
        if not self.total:
            return _("Be the first to say so.")
        return ngettext(
            "%(total)s person says so. Add your name.",
            "%(total)s people say so. Add your name.",
            self.total,
        ) % {"total": intcomma(self.total)}

    @property
    def alt(self):
        """The same for people who do not see it."""
        if not self.number:
            return _("Life is a balancing act. Work should bend. %(words)s") % {"words": self.words}
        facts = {"name": self.name, "number": intcomma(self.number), "words": self.words}
        if self.name:
            return _("%(name)s, supporter number %(number)s. %(words)s") % facts
        return _("Supporter number %(number)s. %(words)s") % facts

    @property
    def key(self):
        """Differs wherever the picture does."""
        seen = repr((LOOK, self.words, *asdict(self).values()))
        return hashlib.sha256(seen.encode()).hexdigest()[:32]

    def png(self):
        png = ask("get", f"card.{self.key}")
        if png is None:
            png = draw(self)
            ask("set", f"card.{self.key}", png, KEPT_S)
        return png


def draw(card):
    """The card as the bytes of a PNG. The first one in a process takes longer: it loads fonts."""
    ground, palette, shades = _ground()
    area = NUMBERED if card.number else GENERAL
    mask = Image.new("L", SIZE)
    pen = ImageDraw.Draw(mask)
    if card.number:
        _write_number(pen, card)
    else:
        pen.text((MARGIN, 272), card.words, 255, _sans(), anchor="ls")
    image = ground.copy()
    image.paste(mask.crop(area).point(shades), area)
    image.putpalette(palette)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _write_number(pen, card):
    name = card.name.translate(WITHOUT_SKIN_TONES)
    font, name = _name_font(name) if can_be_written(name) else (_sans(), "")
    pen.text((MARGIN, 88), name or _("Supporter"), 255, font, anchor="ls")
    figures = f"#{intcomma(card.number)}"
    size = min(NUMBER_SIZE, int(NUMBER_SIZE * WIDTH / _tracked(figures, NUMBER_SIZE)))
    x = MARGIN
    for figure in figures:
        pen.text((x, 246), figure, 255, _display(size), anchor="ls")
        x += _tracked(figure, size)
    pen.text((MARGIN, 328), card.words, 255, _sans(), anchor="ls")


def _tracked(figures, size):
    return _display(size).getlength(figures) + TRACKING * size * len(figures)


def can_be_written(name):
    """Whether our letters suffice: a card with no name is better than one with empty boxes.

    Letters that join or run from right to left also need the FriBiDi of the system.
    """
    if not features.check("raqm") and any(map(_needs_shaping, name)):
        return False
    return bool(name) and not any(_is_missing(letter) for letter in set(name) - JOINERS)


def _needs_shaping(letter):
    return unicodedata.bidirectional(letter) in {"R", "AL", "AN"} or unicodedata.combining(letter)


def _is_missing(letter):
    return bytes(_names(NAME_SIZES[-1]).getmask(letter)) == _empty_box()


@functools.cache
def _empty_box():
    return bytes(_names(NAME_SIZES[-1]).getmask(NO_LETTER))


def _name_font(name):
    """The largest font in which the name fits, and the name, cut where it fits in none."""
    for size in NAME_SIZES:
        if _names(size).getlength(name) <= WIDTH:
            return _names(size), name
    font = _names(NAME_SIZES[-1])
    kept = bisect.bisect(range(len(name)), WIDTH, key=lambda n: font.getlength(name[:n] + "…"))
    return font, name[: kept - 1].rstrip() + "…"


@functools.cache
def _ground():
    """The picture as indexes into its palette, that palette, and where in it the shades of ink are.

    The palette starts with the picture's own colours; the ramp from field to ink follows.
    """
    picture = Image.open(finders.find("img/share.png"))
    own = picture.getpalette()
    field, ink = ImageColor.getrgb(FIELD), ImageColor.getrgb(INK)
    ramp = [
        round(a + (b - a) * shade / (SHADES - 1))
        for shade in range(SHADES)
        for a, b in zip(field, ink, strict=True)
    ]
    shades = [len(own) // 3 + strength * SHADES // 256 for strength in range(256)]
    return Image.frombytes("L", SIZE, picture.tobytes()), own + ramp, shades


@functools.lru_cache(maxsize=16)
def _display(size):
    return ImageFont.truetype(finders.find("fonts/besley-800-latin.woff2"), size)


@functools.cache
def _sans():
    font = ImageFont.truetype(finders.find("fonts/public-sans-400-700-latin.woff2"), 36)
    font.set_variation_by_axes([600])
    return font


@functools.cache
def _names(size):
    return ImageFont.truetype(NAMES, size)
