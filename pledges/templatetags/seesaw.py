from django import template
from django.utils.translation import ngettext

register = template.Library()

PLACES = 6
STEEPEST = -7  # degrees, with nobody on the other end
_BALLS = (
    ("300", "-25", "#E8452C"),
    ("350", "-25", "#5DB3E4"),
    ("400", "-25", "#0E8074"),
    ("325", "-68.3", "#FF9EB0"),
    ("375", "-68.3", "#E8452C"),
    ("350", "-111.6", "#5DB3E4"),
)


@register.simple_tag
def seesaw(friends):
    """Angle, balls and label of the see-saw; beyond six friends it stays level."""
    filled = min(friends, PLACES)
    return {
        "angle": f"{STEEPEST * (1 - filled / PLACES):.1f}",
        "balls": [
            {"x": x, "y": y, "colour": colour, "is_filled": position < filled}
            for position, (x, y, colour) in enumerate(_BALLS)
        ],
        "label": ngettext(
            "A see-saw with you on one end and six places on the other. One place is filled.",
            "A see-saw with you on one end and six places on the other. %(n)s places are filled.",
            filled,
        )
        % {"n": filled},
    }
