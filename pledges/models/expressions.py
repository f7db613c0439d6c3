"""What the rows of pledges are compared, searched and tallied by."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func


class IsDistinctFrom(Func):
    """`a IS DISTINCT FROM b`: differs, where null is a value like any other."""

    template = "%(expressions)s"
    arg_joiner = " IS DISTINCT FROM "
    output_field = models.BooleanField()


class MailDomain(Func):
    """What follows the last @."""

    template = "split_part(%(expressions)s, '@', -1)"
    output_field = models.CharField()


class IsWithin(Func):
    """A network, as text, lies within another."""

    template = "%(expressions)s::inet"
    arg_joiner = "::inet <<= "
    output_field = models.BooleanField()


class ArrayAppend(Func):
    function = "array_append"
    output_field = ArrayField(models.CharField(max_length=20))
