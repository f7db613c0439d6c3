"""Colleagues are invited; nobody signs up."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, Group
from django.db import transaction
from django.utils.translation import gettext as _

from common import outbox, trail
from common.models import Action
from flexpledge.staff.backends import person_named


@dataclass
class Invitation:
    person: AbstractUser
    is_new: bool
    is_mailed: bool

    def told(self):
        """What was done, in words."""
        if self.person.has_usable_password():
            words = _("%(who)s has an account already, and is in these groups now.")
        elif not self.is_mailed:
            words = _("%(who)s has an account, but this address takes no mail from us.")
        elif self.is_new:
            words = _("%(who)s is invited: the link to set up the account is on its way.")
        else:
            words = _("%(who)s was invited before: a new link is on its way.")
        return words % {"who": self.person.email}


@transaction.atomic
def invite(address, groups, *, actor, now):
    """An account without a password, in these groups, and a mail with the link to set it up.

    Whoever has an account already only gets the groups besides their own, and a new link where
    there is no password yet.
    """
    person = person_named(address)
    is_new = person is None
    if is_new:
        person = get_user_model().objects.create_user(
            address.lower(), email=address, password=None, is_staff=True
        )
    wanted = Group.objects.filter(name__in=groups)
    added = wanted.difference(person.groups.all())
    if is_new or added:
        person.groups.add(*wanted)
        trail.record(actor, Action.INVITED, person, now=now, groups=sorted(groups))
    is_mailed = not person.has_usable_password() and send_link(person, now=now)
    return Invitation(person, is_new, is_mailed)


def send_link(person, *, now):
    """Mails a link to choose a password, the first or another; False: not to this address."""
    if person.has_usable_password():
        return outbox.put("staff-password", person.email, now=now)
    return outbox.put("staff-invitation", person.email, now=now, user_id=person.pk)
