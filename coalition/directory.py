"""The list of members as a visitor asked for it."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from coalition.models import Kind, Member, Status
from common import countries

PER_PAGE = 24
PER_PLAIN_PAGE = 50
WORDS_MAX_LENGTH = 100

PLURALS = {
    Kind.COMPANY: _("Companies"),
    Kind.NONPROFIT: _("Nonprofits"),
    Kind.ACADEMIC: _("Academic institutions"),
    Kind.LEADER: _("Business leaders"),
}


class UnknownFilter(Exception):
    """There is no such kind or country."""


@dataclass(frozen=True)
class Tab:
    kind: str
    label: str
    count: int
    is_current: bool


class Directory:
    """Listed members narrowed by kind, country and words; at most four queries and one a page.

    Raises UnknownFilter for a kind or country that does not exist.
    """

    def __init__(self, *, kind="", country="", words="", is_plain=False):
        if kind and kind not in Kind.values or country and country not in countries.CODES:
            raise UnknownFilter
        self.kind = kind
        self.country = country
        self.words = " ".join(words.split())[:WORDS_MAX_LENGTH]
        self.is_plain = is_plain
        self._of_any_kind = self._found()
        self._counts = dict(self._of_any_kind.order_by().values_list("kind").annotate(Count("pk")))

    @property
    def is_narrowed(self):
        return bool(self.kind or self.country or self.words)

    @property
    def count(self):
        return self._counts.get(self.kind, 0) if self.kind else sum(self._counts.values())

    def tabs(self):
        """All, then every kind that has members, and the chosen one even where it has none."""
        tabs = [Tab("", _("All"), sum(self._counts.values()), not self.kind)]
        for kind, label in PLURALS.items():
            count = self._counts.get(kind, 0)
            if count or kind == self.kind:
                tabs.append(Tab(kind.value, label, count, kind == self.kind))
        return tabs

    def countries(self):
        """Pairs of code and name of the countries that members are in."""
        codes = set(Member.objects.listed().order_by().values_list("country", flat=True).distinct())
        return [pair for pair in countries.choices() if pair[0] in codes]

    def page(self, number):
        """A page of members; raises django.core.paginator.InvalidPage."""
        members = self._of_any_kind
        if self.kind:
            members = members.of_kind(self.kind)
        paginator = Paginator(members, PER_PLAIN_PAGE if self.is_plain else PER_PAGE)
        paginator.count = self.count  # known already: spares the query
        page = paginator.page(number)
        # Sorts keys alone: whole rows are wide, and all that were found are sorted.
        shown = Member.objects.filter(pk__in=page.object_list.values("pk"))
        page.object_list = shown.order_by(*members.query.order_by)
        return page

    def former(self, now):
        """Members that lapsed a while ago."""
        return Member.objects.former(now).by_name()

    def _found(self):
        narrowed = {"country": self.country} if self.country else {}
        if self.words:
            return Member.objects.matching(self.words, status=Status.APPROVED, **narrowed)
        return Member.objects.listed().filter(**narrowed).by_name()
