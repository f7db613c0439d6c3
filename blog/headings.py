"""Anchors for the headings of a post, and its contents."""

import html
import re

from django.utils.html import format_html, strip_tags
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _

from blog.models import RichText

SECTIONS_OF_A_LONG_POST = 3
# The sanitiser leaves headings without attributes, so their tags have just this form.
_HEADING = re.compile(r"<h([2-4])>(.*?)</h\1>", re.DOTALL)


def anchor(blocks):
    """Gives every heading an anchor: sets `anchored` on texts, and returns the contents.

    Contents are (anchor, heading) of the sections, and empty where a post has only a few.
    """
    taken, sections = set(), []

    def anchored(found):
        level, inner = found.groups()
        words = html.unescape(strip_tags(inner)).strip()
        if not words:
            return ""
        name = _unique(words, taken)
        if level == "2":
            sections.append((name, words))
        link = format_html(
            ' <a class="anchor" href="#{}" aria-label="{}">#</a>', name, _("Link to this section")
        )
        return f'<h{level} id="{name}">{inner}{link}</h{level}>'

    for block in blocks:
        if isinstance(block, RichText):
            # Only our own anchors are added to what the sanitiser vouched for.
            block.anchored = mark_safe(_HEADING.sub(anchored, block.markup()))  # noqa: S308
    return sections if len(sections) >= SECTIONS_OF_A_LONG_POST else []


def _unique(words, taken):
    """An anchor no other heading has, and none of the page: those have no such prefix."""
    stem = f"s-{slugify(words)[:60]}".rstrip("-")
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}"
    taken.add(name)
    return name
