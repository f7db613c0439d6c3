"""Who stands behind a personal or member link, as far as a stranger may know."""

from dataclasses import dataclass

from django.urls import reverse

from coalition.models import Member
from common import tokens
from pledges.models import Pledge


@dataclass(frozen=True)
class Invitation:
    """A link that leads to somebody. Number and name are empty where they are not to be shown."""

    code: str
    number: int | None = None
    name: str = ""

    @property
    def path(self):
        return reverse("join", args=[self.code])


def of(code):
    """The invitation behind `/join/<code>/`, or None where this is nobody's code.

    Numbers are of supporters who stand, names of those who show theirs. Whoever left, and a
    coalition member, still welcomes friends, without either.
    """
    if not tokens.looks_like_code(code):
        return None
    pledge = Pledge.objects.filter(code=code).first()
    if pledge is None:
        return Invitation(code) if Member.objects.listed().filter(code=code).exists() else None
    if pledge.standing_country is None or pledge.number is None:
        return Invitation(code)
    return Invitation(code, pledge.number, pledge.name if pledge.shows_name else "")
