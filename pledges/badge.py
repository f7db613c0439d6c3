"""The badge for other people's pages: the count, or what it stands for, as a small picture.

It is text in fonts of the reader's own system, stretched to widths given here (`textLength`), so
that it looks the same everywhere and weighs next to nothing.
"""

from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SIZES = {"small": (225, 48), "medium": (300, 64), "large": (450, 96)}  # pixels

# Lengths of the drawing, which is 300 × 64 at any size.
MARK, BESIDE_MARK = 20, 90  # left edges
ROOM = 184  # for words
GAP = 6  # between them
DISPLAY = {"family": "Rockwell,Georgia,serif", "size": 26, "advance": 15.3}
FIGURES = {"family": "Arial,Helvetica,sans-serif", "size": 13, "advance": 7.2}
WORDS = {"family": "Arial,Helvetica,sans-serif", "size": 13, "advance": 6.5}
LINES = (33, 50)  # baselines


class BadgeForm(forms.Form):
    theme = forms.ChoiceField(
        label=gettext_lazy("Colours"),
        choices=[("light", gettext_lazy("Yellow")), ("dark", gettext_lazy("Dark"))],
        required=False,
    )
    size = forms.ChoiceField(
        label=gettext_lazy("Size"),
        choices=[
            ("small", gettext_lazy("Small")),
            ("medium", gettext_lazy("Medium")),
            ("large", gettext_lazy("Large")),
        ],
        required=False,
    )
    show = forms.ChoiceField(
        label=gettext_lazy("Shows"),
        choices=[
            ("numbers", gettext_lazy("The count")),
            ("text", gettext_lazy("Words only")),
        ],
        required=False,
    )

    def badge(self):
        """What was chosen, by a valid form; the usual badge where nothing was."""
        return Badge(**{name: value for name, value in self.cleaned_data.items() if value})


@dataclass(frozen=True)
class Badge:
    theme: str = "light"
    size: str = "medium"
    show: str = "numbers"

    @property
    def dimensions(self):
        """Width and height in pixels."""
        return SIZES[self.size]

    @property
    def path(self):
        usual = asdict(Badge())
        chosen = {name: value for name, value in asdict(self).items() if value != usual[name]}
        address = reverse("pledges:badge")
        return f"{address}?{urlencode(chosen)}" if chosen else address

    def svg(self, count, goal):
        width, height = self.dimensions
        context = {"width": width, "height": height, "is_dark": self.theme == "dark"}
        if self.show == "text":
            context |= _words()
        else:
            context |= _numbers(intcomma(count), intcomma(goal))
        return render_to_string("pledges/badge.svg", context)


def _words():
    motto, name = _("Work should bend."), _("1 Million for Work Flexibility")
    return {"title": f"{name}: {motto}", **_laid_out([(motto, DISPLAY)], [(name, WORDS)])}


def _numbers(count, goal):
    of_goal, cause = _("of %(goal)s") % {"goal": goal}, _("for work flexibility")
    return {
        "title": _("%(count)s of %(goal)s for work flexibility") % {"count": count, "goal": goal},
        **_laid_out([(count, DISPLAY), (of_goal, FIGURES)], [(cause, WORDS)]),
    }


def _laid_out(*lines):
    """Where mark and words stand, together in the middle; too long a line becomes smaller."""
    widths = [
        sum(len(text) * font["advance"] for text, font in line) + GAP * (len(line) - 1)
        for line in lines
    ]
    shift = (ROOM - min(ROOM, max(widths))) / 2
    pieces = []
    for line, line_width, baseline in zip(lines, widths, LINES, strict=True):
        scale = min(1, ROOM / line_width)
        x = BESIDE_MARK + shift
        for text, font in line:
            width = len(text) * font["advance"] * scale
            pieces.append(
                {
                    "text": text,
                    "family": font["family"],
                    "x": f"{x:.1f}",
                    "y": baseline,
                    "size": f"{font['size'] * scale:.1f}",
                    "width": f"{width:.1f}",
                }
            )
            x += width + GAP * scale
    return {"mark_x": f"{MARK + shift:.1f}", "pieces": pieces}
