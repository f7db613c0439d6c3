"""Text that strangers type and others read: tidied, and refused where it is no text of a person."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Carry nothing in a name and often come along with pasted text: soft hyphen, zero-width space,
# direction marks, word joiner, byte order mark.
_DROPPED = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u061c\u2060\ufeff"))
# Embeddings, overrides and isolates can turn the rest of a line around.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_REPLACEMENT = "\ufffd"  # what a decoder leaves of bytes that are no text
_LINK = re.compile(r"://|\bwww\.|[^\W_][\w-]*\.[^\W\d_]{2,}/\S", re.IGNORECASE)
# What mail programs take for a link by themselves, and its dots in other scripts.
_DOTS = ".\u2024\u3002\uff0e\uff61"
_DOT_WITHIN = re.compile(rf"(?<=\S)[{_DOTS}](?=[^\W\d_])")
_DOMAIN = re.compile(r"[^\W_][\w-]*\.([^\W\d_]{2,})")
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"  # letters and symbols that show nothing


def refuse_control_and_direction(value):
    """Refuses what cannot be read, stored or shown safely; ZWJ emoji and every script pass."""
    if _DIRECTION.search(value) or any(_is_control(character) for character in value):
        raise ValidationError(
            _("Remove the hidden control characters; type the text instead of pasting it."),
            code="control",
        )


def refuse_links(value):
    """`Booking.com` is a name; `http://`, `www.` and `example.com/offer` are links."""
    if _LINK.search(unicodedata.normalize("NFKC", value)):
        raise ValidationError(_("Leave out links and web addresses."), code="link")


def refuse_domains(value):
    """For names of people: `example.com` and `@robin` are none; `St.James` and `J.R. Smith` are."""
    plain = unicodedata.normalize("NFKC", value)
    ends = _DOMAIN.findall(plain)
    if "@" in plain or any(end.islower() or end.isupper() for end in ends):
        raise ValidationError(
            _("Leave out links and web addresses. In a name, put a space after a full stop."),
            code="link",
        )


def unlinked(value):
    """Somebody's words for a mail, in which no mail program finds a link.

    >>> unlinked("J.R. Smith, Booking.com"), unlinked("https://evil.example/now")
    ('J. R. Smith, Booking. com', 'https: //evil. example/now')
    """
    return _DOT_WITHIN.sub(r"\g<0> ", value.replace("://", ": //"))


def refuse_markup(value):
    if "<" in value or ">" in value:
        raise ValidationError(_("Leave out the characters < and >."), code="markup")


def clean_line(value, max_length):
    """One line as it is stored: NFC, single spaces. `""` stays `""`; raises ValidationError.

    >>> clean_line("  Jose\\u0301   O'Neill ", 200)
    "José O'Neill"
    """
    refuse_control_and_direction(value.strip())
    return _checked(" ".join(_tidied(value).split()), max_length)


def clean_text(value, max_length):
    """Several lines as they are stored: NFC, `\\n` between lines, no more than one empty line."""
    lines = [line.strip() for line in re.split(r"\r\n|\r|\n", value)]
    for line in lines:
        refuse_control_and_direction(line)
    tidied = re.sub(r"\n{3,}", "\n\n", _tidied("\n".join(lines)).strip())
    return _checked(tidied, max_length)


def _tidied(value):
    return unicodedata.normalize("NFC", value.translate(_DROPPED))


def _checked(value, max_length):
    if len(value) > max_length:
        raise ValidationError(
            _("Shorten this: it is %(over)s characters over the limit of %(limit)s."),
            code="max_length",
            params={"over": len(value) - max_length, "limit": max_length},
        )
    if value and not any(_is_visible(character) for character in value):
        raise ValidationError(_("Enter something that can be read."), code="invisible")
    refuse_links(value)
    refuse_markup(value)
    return value


def _is_control(character):
    point = ord(character)
    return (
        unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        or character == _REPLACEMENT
        or point & 0xFFFE == 0xFFFE  # the last two of each plane are no characters
        or 0xFDD0 <= point <= 0xFDEF
    )


def _is_visible(character):
    category = unicodedata.category(character)
    return category[0] not in "ZM" and category != "Cf" and character not in _BLANKS
