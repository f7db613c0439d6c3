"""Names compared without case and accents, typos forgiven; the functions are made by migrations."""

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, Func, TextField, Value

SWAPS_TRIED = 40  # pairs of letters, from the start of what was typed


class Fold(Func):
    """`Café ÉCOLE` → `cafe ecole`. Immutable, so that a generated column may hold it."""

    function = "coalition_fold"
    arity = 1
    output_field = CharField()


class Found(Func):
    """Keys of the members whose names nearly contain the words; for `pk__in`.

    A function of the database, because only there a threshold can hold for one query; so the
    index on trigrams is used.
    """

    template = "(SELECT coalition_find(%(expressions)s))"

    def __init__(self, words):
        super().__init__(Value(words), Value(swapped(words), ArrayField(TextField())))


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
