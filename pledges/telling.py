"""How much is told of where people live: one rule for pages, JSON and CSV.

Nobody shall be told from a small group, neither by reading a number nor by subtracting numbers,
nor by reading them twice: docs/decisions/0004-telling-countries.md.
"""

from django.utils.translation import gettext_lazy as _

from common import countries

FEWEST = 5  # people of one country; also the step in which its number is told


def standing(by_country, most=None):
    """Pairs of name and people: at most so many countries, the largest first, then all others.

    A country's number is told in steps of FEWEST. Who is above the last step is elsewhere.
    """
    stepped = [(code, people - people % FEWEST) for code, people in by_country]
    named = sorted((pair for pair in stepped if pair[1]), key=lambda pair: (-pair[1], pair[0]))
    named = named[:most]
    rows = [(countries.name(code), people) for code, people in named]
    elsewhere = sum(people for _code, people in by_country) - sum(people for _code, people in named)
    return [*rows, (_("Elsewhere"), elsewhere)] if elsewhere else rows


def newly_confirmed(by_country):
    """Pairs of country code and people of one day that is over, then all others under "".

    There are none or at least FEWEST others, unless nobody is named.

    >>> newly_confirmed({"US": 9, "CA": 6, "FR": 2, "DE": 1}), newly_confirmed({"FR": 2})
    ([('US', 9), ('', 9)], [('', 2)])
    """
    named = sorted(by_country.items(), key=lambda pair: (-pair[1], pair[0]))
    others = 0
    while named and (named[-1][1] < FEWEST or 0 < others < FEWEST):
        others += named.pop()[1]
    return [*named, ("", others)] if others else named
