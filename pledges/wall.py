"""The wall of supporters: who may be shown, filtered, in pages by supporter number.

A page is found by numbers, which the indexes hold together with country and kinds; only the rows
it shows are read. What everybody could be filtered by is counted already (`Tally`). Words are
looked up first, whatever the country: rare ones leave few people, who are then filtered and
counted out. Of a word that very many share, only the newest of the asked country and kind are
read, and the page says that there are more.
"""

from functools import cached_property
from urllib.parse import urlencode

from django import forms
from django.db.models import BooleanField, ExpressionWrapper, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from coalition.search import Fold
from common import countries
from common.flexibility import Flexibility
from common.forms import CountryField
from pledges.models import Pledge, Tally, Voice

PAGE_SIZE = 24
MOST_COUNTED = 10_000  # people; words that more of them share are not counted out
NEWEST_READ = 2_000  # people of one country and kind, in search of such words
TINTS = ("t-sun", "t-sky", "t-blush", "t-leaf")


class WallForm(forms.Form):
    q = forms.CharField(
        label=_("Search names and reasons"), required=False, max_length=100,
        widget=forms.TextInput({"type": "search"}),
    )  # fmt: skip
    country = CountryField(blank=_("All countries"), required=False, widget=forms.Select)
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
        self.entries = []
        self.found = self.next_after = None
        self.found_is_least = False  # there are more than `found`
        self._look_up()

    def _look_up(self):
        numbers = self._searched() if self.q else self._newest(self.listed, PAGE_SIZE)
        listed = Pledge.objects.listed().filter(number__in=numbers[:PAGE_SIZE])
        self.entries = list(listed.select_related("voice").order_by("-number"))
        if len(numbers) > PAGE_SIZE:  # the surplus one only says that there is a next page
            self.next_after = numbers[PAGE_SIZE - 1]
        if not self.q:
            is_all = not self.after and not self.next_after
            self.found = len(numbers) if is_all else Tally.objects.listed(self.country, self.kind)

    @cached_property
    def chosen(self):
        """What country and kind ask of a pledge."""
        chosen = Q(number__isnull=False)
        if self.country:
            chosen &= Q(standing_country=self.country)
        if self.kind:
            chosen &= Q(flexibility__contains=[self.kind])
        return chosen

    @property
    def listed(self):
        return Pledge.objects.listed().filter(self.chosen)

    def _newest(self, pledges, most):
        """At most `most` numbers and one more, from where the page begins."""
        page = pledges.filter(number__lt=self.after) if self.after else pledges
        return list(page.order_by("-number").values_list("number", flat=True)[: most + 1])

    def _searched(self):
        """The numbers of a page and one more, of those whose shown name or reason holds the words."""
        finds = self._all_finds()
        if finds is None:
            finds = self._newest_finds()
        self.found = len(finds)
        page = sorted((one for one in finds if not self.after or one < self.after), reverse=True)
        return page[: PAGE_SIZE + 1]

    def _all_finds(self):
        """The numbers of all who match, or None where very many share the words."""
        names = Pledge.objects.listed().filter(_holding(self.q, "shown_words"), shows_name=True)
        named = names.annotate(is_chosen=ExpressionWrapper(self.chosen, BooleanField()))
        named = list(named.values_list("number", "is_chosen")[: MOST_COUNTED + 1])
        voices = Voice.objects.filter(
            _holding(self.q, "words"), status=Voice.Status.APPROVED
        ).values_list("pledge", flat=True)
        heard = list(voices[: MOST_COUNTED + 1])
        if max(len(named), len(heard)) > MOST_COUNTED:
            return None
        heard = self.listed.filter(pk__in=heard).values_list("number", flat=True)
        return {*(number for number, is_chosen in named if is_chosen), *heard}

    def _newest_finds(self):
        """The numbers of those who match among the newest of the chosen; older ones come later."""
        newest = self._newest(self.listed, NEWEST_READ)
        if len(newest) > NEWEST_READ:
            self.found_is_least = True
            newest.pop()
            self.next_after = newest[-1]
        holding = Q(_holding(self.q, "shown_words"), shows_name=True) | Q(
            _holding(self.q, "voice__words"), has_shown_voice=True
        )
        finds = Pledge.objects.listed().filter(holding, number__in=newest)
        return list(finds.values_list("number", flat=True))

    def cards(self):
        """What the template shows of each: consented names and approved words only."""
        return [
            {
                "entry": pledge,
                "text": pledge.voice.text if pledge.has_shown_voice else "",
                "tint": TINTS[position % len(TINTS)],
            }
            for position, pledge in enumerate(self.entries)
        ]

    newest_read = NEWEST_READ

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
        if not self.next_after:
            return ""
        kept = {"q": self.q, "country": self.country, "kind": self.kind}
        kept = {key: value for key, value in kept.items() if value}
        return "?" + urlencode({**kept, "after": self.next_after})


def _holding(text, field):
    """Where this field holds every word; one or two letters must start a word there."""
    words = [word for word in text.split() if any(map(str.isalnum, word))]
    if not words:
        return Q(pk=None)
    folded = [
        Fold(Value(word)) if len(word) > 2 else Concat(Value(" "), Fold(Value(word)))
        for word in words
    ]
    return Q(*((f"{field}__contains", word) for word in folded))
