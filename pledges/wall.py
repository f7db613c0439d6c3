"""The wall of supporters: who may be shown, filtered, in pages by supporter number."""

from functools import cached_property
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import countries
from common.flexibility import Flexibility
from pledges.models import Pledge, Tally

PAGE_SIZE = 24
TINTS = ("t-sun", "t-sky", "t-blush", "t-leaf")


class WallForm(forms.Form):
    q = forms.CharField(
        label=_("Search names and reasons"), required=False, max_length=100,
        widget=forms.TextInput({"type": "search"}),
    )  # fmt: skip
    country = forms.ChoiceField(
        label=_("Country"),
        required=False,
        choices=lambda: [("", _("All countries")), *countries.choices()],
    )
    kind = forms.ChoiceField(
        label=_("Kind of flexibility"),
        required=False,
        choices=[("", _("All kinds")), *Flexibility.choices],
    )
    after = forms.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput
    )


class Wall:
    """One page of the wall, newest first. `filters` is the cleaned data of a WallForm."""

    def __init__(self, filters):
        self.q = filters["q"].strip()
        self.country = filters["country"]
        self.kind = filters["kind"]
        self.after = filters["after"]

    @cached_property
    def matching(self):
        found = Pledge.objects.listed().filter(number__isnull=False)
        if self.country:
            found = found.filter(standing_country=self.country)
        if self.kind:
            found = found.filter(flexibility__contains=[self.kind])
        if self.q:
            found = found.filter(
                Q(shows_name=True, name__icontains=self.q)
                | Q(has_shown_voice=True, voice__text__icontains=self.q)
            )
        return found

    @cached_property
    def entries(self):
        """At most PAGE_SIZE + 1 pledges; the surplus one only says that there is a next page."""
        page = self.matching.filter(number__lt=self.after) if self.after else self.matching
        return list(page.select_related("voice").order_by("-number")[: PAGE_SIZE + 1])

    def cards(self):
        """What the template shows of each: consented names and approved words only."""
        return [
            {
                "entry": pledge,
                "text": pledge.voice.text if pledge.has_shown_voice else "",
                "tint": TINTS[position % len(TINTS)],
            }
            for position, pledge in enumerate(self.entries[:PAGE_SIZE])
        ]

    @cached_property
    def found(self):
        return self.matching.count()

    @property
    def is_filtered(self):
        return bool(self.q or self.country or self.kind)

    @property
    def country_name(self):
        return countries.name(self.country) if self.country else ""

    @property
    def kind_name(self):
        return Flexibility(self.kind).label if self.kind else ""

    @property
    def next_query(self):
        """The query string of the next page, or "" on the last one."""
        if len(self.entries) <= PAGE_SIZE:
            return ""
        kept = {"q": self.q, "country": self.country, "kind": self.kind}
        kept = {key: value for key, value in kept.items() if value}
        return "?" + urlencode({**kept, "after": self.entries[PAGE_SIZE - 1].number})

    @cached_property
    def total(self):
        return Tally.objects.total()
