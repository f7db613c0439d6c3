"""Names compared without case and accents, typos forgiven; the functions are made by migrations."""

from django.db import connection
from django.db.models import CharField, Func

NEAR_MOST = 200  # names that a misspelt search finds: more are no help to whoever searches
SWAPS_TRIED = 40  # pairs of letters, from the start of what was typed


class Fold(Func):
    """`Café ÉCOLE` → `cafe ecole`. Immutable, so that a generated column may hold it."""

    function = "coalition_fold"
    arity = 1
    output_field = CharField()


def nearest(words, *, status=None, country=None):
    """Keys of members, of one status and country or all, whose names nearly contain the words.

    At most NEAR_MOST, so what narrows the list has to be said here. A function of the database,
    because only there a threshold can hold for one query; so the index on trigrams is used.
    """
    with connection.cursor() as cursor:
        asked = [words, swapped(words), status, country, NEAR_MOST]
        cursor.execute("SELECT coalition_find(%s, %s, %s, %s, %s)", asked)
        return [key for (key,) in cursor]


def swapped(words):
    """The words with two neighbouring letters the other way round, each pair once.

    Trigrams forgive a wrong or missing letter, but a swap near the start takes most of them.

    >>> swapped("tset")
    ['stet', 'test', 'tste']
    """
    return [
        words[:place] + words[place + 1] + words[place] + words[place + 2 :]
        for place in range(min(len(words) - 1, SWAPS_TRIED))
        if len(words) > 3
        and words[place] != words[place + 1]
        and words[place : place + 2].isalpha()
    ]
