"""Countries by ISO 3166-1 alpha-2 code."""

import functools
import unicodedata

from django.utils.translation import get_language
from django_countries import countries

CODES = frozenset(code for code, _name in countries)


def name(code):
    """The country's name, or the code itself where it is not (or no longer) in ISO 3166-1."""
    return countries.name(code) or code


def choices():
    """Pairs of code and name, by name as a reader expects it (Åland beside A)."""
    return _choices(get_language())


@functools.cache
def _choices(_language):
    def by_letters(pair):
        return unicodedata.normalize("NFKD", pair[1]).encode("ascii", "ignore").lower()

    return tuple(sorted(((code, str(label)) for code, label in countries), key=by_letters))
