from django.db import models
from django.utils.translation import gettext_lazy as _


class Flexibility(models.TextChoices):
    """The four ways work can bend: what supporters care about and members practise."""

    REMOTE = "remote", _("Remote work")
    SCHEDULE = "schedule", _("Flexible schedule")
    PART_TIME = "part_time", _("Part-time")
    FREELANCE = "freelance", _("Freelance or contract")


def labels(values):
    """Labels of the given kinds in the order in which we always list them.

    >>> [str(label) for label in labels(["part_time", "remote"])]
    ['Remote work', 'Part-time']
    """
    return [kind.label for kind in Flexibility if kind in values]
