"""Names compared without case and accents; the function is made by migration 0001."""

from django.db.models import CharField, Func


class Fold(Func):
    """`Café ÉCOLE` → `cafe ecole`. Immutable, so that a generated column may hold it."""

    function = "coalition_fold"
    arity = 1
    output_field = CharField()
