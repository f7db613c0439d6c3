"""What the components in templates/components/ compute: controls, share links, geometry.

Lengths are strings with a point, so that no locale writes a comma into an SVG.
"""

from math import ceil
from urllib.parse import quote, urlencode

from django import forms, template
from django.utils.formats import number_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

SPOT_SIZES = {
    "almost": (480, 232),
    "carry": (330, 236),
    "check-email": (124, 236),
    "crowd": (400, 220),
    "hold": (132, 212),
    "kind-freelance": (148, 198),
    "kind-part-time": (92, 218),
    "kind-remote": (110, 150),
    "kind-schedule": (92, 238),
    "resting": (300, 176),
    "tipped": (344, 234),
    "welcome": (244, 352),
    "where": (300, 162),
    "zero-rolls": (148, 198),
}
_BALL_COLOURS = ("#e8452c", "#5db3e4", "#0e8074", "#ff9eb0", "#e8452c", "#5db3e4")
_FIELD_DOTS = 10_000
_BAR_DOTS = 60
_COLUMN_DOTS = 20
_FEWEST_COLUMNS = 30  # room for as many, so that the first days do not look like years


@register.tag
def capture(parser, token):
    """`{% capture name %}…{% endcapture %}`: renders once, prints as often as wanted."""
    _tag, name = token.split_contents()
    nodelist = parser.parse(("endcapture",))
    parser.delete_first_token()
    return CaptureNode(nodelist, name)


class CaptureNode(template.Node):
    def __init__(self, nodelist, name):
        self.nodelist = nodelist
        self.name = name

    def render(self, context):
        rendered = " ".join(self.nodelist.render(context).split())
        context[self.name] = mark_safe(rendered)  # noqa: S308  escaped when it was rendered
        return ""


@register.simple_tag
def control(field, **attrs):
    """The control of a BoundField with our class; hint and error are described in this order.

    Limits of length are soft: the server refuses, the browser never cuts what is pasted.
    """
    widget = field.field.widget
    if not isinstance(widget, forms.CheckboxInput):
        attrs["class"] = f"input {widget.attrs.get('class', '')}".strip()
    if "maxlength" in widget.attrs:
        attrs["maxlength"] = False
    if "data-counter" in widget.attrs:
        attrs["data-counter-left"] = _("Characters left: {n}")
        attrs["data-counter-over"] = _("Characters over the limit: {n}")
    return field.as_widget(attrs=attrs)


@register.filter
def target_id(field):
    """Where a link in the error summary leads: the control, or the fieldset around several."""
    return field.id_for_label or field.auto_id


@register.simple_tag
def spot_size(name):
    width, height = SPOT_SIZES[name]
    return {"width": width, "height": height}


@register.simple_tag
def share_links(url, text, subject=""):
    """Plain links that hand `text` and `url` to a network; no script of theirs is involved."""
    both = f"{text} {url}"
    mail = urlencode({"subject": subject or text, "body": both}, quote_via=quote)
    return [
        {"icon": "email", "label": _("Email"), "href": f"mailto:?{mail}"},
        {"icon": "whatsapp", "label": "WhatsApp", "href": _link("https://wa.me/", text=both)},
        {
            "icon": "linkedin",
            "label": "LinkedIn",
            "href": _link("https://www.linkedin.com/sharing/share-offsite/", url=url),
        },
        {"icon": "x", "label": "X", "href": _link("https://x.com/intent/post", text=text, url=url)},
        {
            "icon": "facebook",
            "label": "Facebook",
            "href": _link("https://www.facebook.com/sharer/sharer.php", u=url),
        },
        {
            "icon": "bluesky",
            "label": "Bluesky",
            "href": _link("https://bsky.app/intent/compose", text=both),
        },
    ]


def _link(address, **query):
    return f"{address}?{urlencode(query, quote_via=quote)}"


@register.simple_tag
def elided_pages(page):
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@register.simple_tag
def digits_of(count):
    return len(str(count))


@register.simple_tag
def zeros_of(count):
    """The six balls of a million: label, colour, and how full each one is."""
    names = (
        ("10", "10"),
        ("100", "100"),
        (number_format(1_000, force_grouping=True), _("1k")),
        (number_format(10_000, force_grouping=True), _("10k")),
        (number_format(100_000, force_grouping=True), _("100k")),
        (number_format(1_000_000, force_grouping=True), _("1M")),
    )
    balls = []
    for position, ((wide, tight), colour) in enumerate(zip(names, _BALL_COLOURS, strict=True)):
        size = 10 ** (position + 1)
        share = count / size
        height = 40 * min(share, 1)
        balls.append(
            {
                "wide": wide,
                "tight": tight,
                "colour": colour,
                "is_reached": count >= size,
                "is_filling": 0.1 <= share < 1 or (position == 0 and 0 < share < 1),
                "top": f"{40 - height:.2f}",
                "height": f"{height:.2f}",
                "percent": _percent(100 * share),
            }
        )
    return balls


@register.simple_tag
def zeros_sentence(count):
    """How many zeros stand, in words."""
    sentences = (
        _("None is in place yet; we are filling the first."),
        _("One is in place; we are filling the second."),
        _("Two are in place; we are filling the third."),
        _("Three are in place; we are filling the fourth."),
        _("Four are in place; we are filling the fifth."),
        _("Five are in place; we are filling the sixth."),
        _("All six are in place."),
    )
    return sentences[min(max(len(str(count)) - 1, 0), 6)]


@register.simple_tag
def dots_of(count, goal):
    """Ten thousand dots to scale: rectangles for both layouts, and the numbers for the caption."""
    filled = min(_FIELD_DOTS, count * _FIELD_DOTS // goal)
    columns, rest_down = divmod(filled, 50)
    rows, rest_across = divmod(filled, 100)
    return {
        "filled": filled,
        "total": _FIELD_DOTS,
        "people_a_dot": goal // _FIELD_DOTS if goal % _FIELD_DOTS == 0 else None,
        "percent": _percent(100 * count / goal),
        "columns": columns,
        "next_column": columns + 1,
        "columns_left": 199 - columns,
        "rest_down": rest_down,
        "gap_down": 50 - rest_down,
        "rows": rows,
        "next_row": rows + 1,
        "rows_left": 99 - rows,
        "rest_across": rest_across,
        "gap_across": 100 - rest_across,
    }


@register.simple_tag
def bars_of(rows):
    """Rows of dots for (name, count) pairs; a dot is 100 people unless the longest would not fit.

    Small campaigns take a smaller dot, so that the first ten people can already be seen.
    """
    largest = max((count for _name, count in rows), default=0)
    unit = 1
    while largest / unit > _BAR_DOTS:
        unit *= 10
    return {
        "dots": _BAR_DOTS,
        "rows": [
            {"name": name, "count": count, "width": f"{count / unit:.2f}"} for name, count in rows
        ],
        "scale": _scale(unit),
    }


@register.simple_tag
def columns_of(rows):
    """Columns of dots for (date, count) pairs; the tallest has some ten to twenty."""
    largest = max((count for _date, count in rows), default=0)
    unit = next(
        step * 10**power
        for power in range(10)
        for step in (1, 2, 5)
        if largest <= step * 10**power * _COLUMN_DOTS
    )
    heights = [count / unit for _date, count in rows]
    height = max(1, ceil(max(heights, default=0)))
    return {
        "width": max(len(rows), _FEWEST_COLUMNS),
        "height": height,
        "columns": [
            {"left": left, "top": f"{height - dots:.2f}", "height": f"{dots:.2f}"}
            for left, dots in enumerate(heights)
        ],
        "scale": _scale(unit),
    }


@register.filter
def signed(number):
    """A change, with its sign: +1,204 or −3."""
    return f"{'−' if number < 0 else '+'}{number_format(abs(number), force_grouping=True)}"


def _scale(unit):
    return ngettext("One dot is %(people)s person.", "One dot is %(people)s people.", unit) % {
        "people": number_format(unit, force_grouping=True)
    }


def _percent(value):
    """Two significant digits below one, whole numbers above ten; never rounded up to reached."""
    if value >= 10 or not value:
        shown = number_format(int(value), force_grouping=True)
    elif value >= 1:
        shown = number_format(int(value * 100) / 100, decimal_pos=2)
    else:
        shown = number_format(float(f"{value:.2g}"), decimal_pos=2 if value >= 0.01 else None)
    return shown
