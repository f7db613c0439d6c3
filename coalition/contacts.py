"""A member names another contact: the new address proves itself before it takes over."""

from coalition.models import Revision
from common import addresses, outbox

FIELDS = ["contact_name", "contact_role", "contact_email"]


class NotProven(Exception):
    """The new address has not confirmed itself yet, so its `revision` cannot be approved."""

    def __init__(self, revision):
        super().__init__(str(revision))
        self.revision = revision


def ask(revision, *, now):
    """Asks the new address to prove itself."""
    outbox.put_capped(
        "coalition-contact-confirm", revision.new_address, now=now, member_id=revision.member_id
    )


def warn(revision, *, now):
    """Tells the contact of today, whatever the cap says: nobody can use that up beforehand."""
    address = revision.member.contact_email
    outbox.put("coalition-contact-named", address, now=now, member_id=revision.member_id)


def prove(revision, *, now):
    """Puts the change before staff; returns whether this call did, not an earlier one."""
    return bool(Revision.objects.unproven().filter(pk=revision.pk).update(contact_confirmed_at=now))


def hand_over(member, revision):
    """Sets what changes with the contact, and returns the names of those fields.

    Every link mailed before ends, and the wish for no reminders goes with whoever had it.
    """
    member.contact_confirmed_at = revision.contact_confirmed_at
    member.authority_confirmed_at = revision.contact_confirmed_at
    member.reminders_stopped_at = None
    member.link_epoch += 1
    member.contact_canonical = addresses.canonical(member.contact_email)
    return {
        "contact_canonical",
        "contact_confirmed_at",
        "authority_confirmed_at",
        "reminders_stopped_at",
        "link_epoch",
    }
