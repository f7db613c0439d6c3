"""A member changes its entry: the new text arrives as a diff, the old one stays until approved."""

import difflib
import re
from dataclasses import dataclass

from django.db import transaction
from django.shortcuts import get_object_or_404

from coalition import contacts, logos
from coalition.applications import store
from coalition.models import Member, Revision
from common import countries, moderation, outbox, trail
from common.flexibility import labels
from common.models import Action

PUBLIC = ["name", "website", "country", "size", "flexibility", "statement", "logo_alt"]
FIELDS = PUBLIC + contacts.FIELDS
ALIKE = 0.6  # share of words in common, below which a text is easier to read as a new one
LOGO = ["logo", "logo_width", "logo_height", "logo_is_light"]


@transaction.atomic
def propose(member, entry, *, now):
    """Keeps what differs (cleaned data of RevisionForm) for staff; a later one replaces it.

    A logo that waits goes along until another is chosen. Returns the Revision, or None where
    nothing differs. Raises LogoNotStored, and Http404 where the member was deleted meanwhile.
    """
    member = get_object_or_404(Member.objects.select_for_update(), pk=member.pk)
    earlier = member.revisions.pending().select_for_update().first()
    revision = Revision(
        member=member,
        proposed={name: entry[name] for name in FIELDS if entry[name] != getattr(member, name)},
        created_at=now,
    )
    if earlier:
        _follow(earlier, revision, has_new_logo=bool(entry["logo"]), now=now)
    if entry["logo"]:
        store(entry["logo"], revision)
    if not revision.proposed and not revision.logo:
        return None
    try:
        revision.save(force_insert=True)
    except BaseException:
        logos.discard(revision.logo)
        raise
    if revision.is_unproven:
        contacts.ask(revision, now=now)
        if earlier is None or earlier.new_address != revision.new_address:
            contacts.warn(revision, now=now)
    return revision


@transaction.atomic
def name_contact(member, contact, *, actor, now):
    """Staff name another contact (cleaned data of ContactForm): it proves itself like any other."""
    trail.record(actor, Action.CONTACT_NAMED, member, now=now)
    return propose(member, current_entry(member) | contact | {"logo": None}, now=now)


def _follow(earlier, revision, *, has_new_logo, now):
    """Replaces the one that waits; what it had reached goes over to the later one."""
    if earlier.new_address == revision.new_address:
        revision.contact_confirmed_at = earlier.contact_confirmed_at
    if has_new_logo:
        _discard_later(earlier.logo)
    else:
        for name in LOGO:
            setattr(revision, name, getattr(earlier, name))
        Revision.objects.filter(pk=earlier.pk).update(logo="", logo_width=None, logo_height=None)
    _close(earlier, Revision.Status.REPLACED, actor=None, now=now)


@transaction.atomic
def take_back(member, *, now):
    """Drops the changes that wait, if any."""
    member = Member.objects.select_for_update().get(pk=member.pk)
    for revision in member.revisions.pending().select_for_update():
        _close(revision, Revision.Status.TAKEN_BACK, actor=None, now=now)
        _discard_later(revision.logo)


@transaction.atomic
def approve(revision, *, actor, now):
    """Makes the new text public and tells the contact, and the one before.

    Raises NotProven where it names a contact whose address has not confirmed itself.
    """
    member, held = _hold(revision)
    if held.status == Revision.Status.PENDING and held.is_unproven:
        raise contacts.NotProven(revision)
    contact_before = member.contact_email
    approved = _close(held, Revision.Status.APPROVED, actor=actor, now=now)
    for name, value in approved.proposed.items():
        setattr(member, name, value)
    changed = list(approved.proposed)
    if approved.logo:
        _discard_later(member.logo)
        for name in LOGO:
            setattr(member, name, getattr(approved, name))
        changed += LOGO
    if approved.new_address:
        changed += contacts.hand_over(member, approved)
        outbox.put("coalition-contact-replaced", contact_before, now=now, member_id=member.pk)
    member.save(update_fields=changed)
    outbox.put("coalition-revised", member.contact_email, now=now, revision_id=approved.pk)
    return approved


@transaction.atomic
def decline(revision, *, actor, now, reason):
    """Leaves the page as it is; the contact reads the reason."""
    member, held = _hold(revision)
    declined = _close(held, Revision.Status.DECLINED, actor=actor, now=now, reason=reason)
    _discard_later(declined.logo)
    outbox.put("coalition-not-revised", member.contact_email, now=now, revision_id=declined.pk)
    return declined


def purge(*, now, dry_run=False):
    """Erases changes whose new contact never confirmed, logos included; returns how many."""
    abandoned = Revision.objects.abandoned(now)
    if dry_run:
        return abandoned.count()
    return logos.erase_owners(abandoned)


def _hold(revision):
    """Locks the member, then the change to it; returns both."""
    member = Member.objects.select_for_update().get(pk=revision.member_id)
    held = Revision.objects.select_for_update().get(pk=revision.pk)
    held.member = member
    return member, held


def _close(held, status, **facts):
    """Moves it. Whom it names as the contact stays in the returned object and nowhere else."""
    proposed = held.proposed
    public = {name: value for name, value in proposed.items() if name in PUBLIC}
    moderation.move_held(held, status, proposed=public, **facts)
    held.proposed = proposed
    return held


def current_entry(member):
    """What the form starts with: the changes that wait, else what is public."""
    entry = {name: getattr(member, name) for name in FIELDS}
    waiting = member.revisions.pending().first()
    return entry | waiting.proposed if waiting else entry


@dataclass(frozen=True)
class Difference:
    """One changed field: parts of its text, each a pair of `same`, `old` or `new` and words."""

    label: str
    parts: list[tuple[str, str]]


def differences(revision):
    """What a moderator compares, field by field, against what is public now."""
    found = []
    for name in FIELDS:
        if name in revision.proposed:
            old = _in_words(name, getattr(revision.member, name))
            new = _in_words(name, revision.proposed[name])
            label = Member._meta.get_field(name).verbose_name
            found.append(Difference(label, _compared(old, new)))
    return found


def _in_words(name, value):
    if name == "flexibility":
        return ", ".join(str(label) for label in labels(value))
    if name == "country":
        return countries.name(value)
    if name == "size":
        return str(dict(Member._meta.get_field("size").choices).get(value, ""))
    return value


def _compared(old, new):
    old_words, new_words = (re.findall(r"\s+|\S+", text) for text in (old, new))
    parts = []
    matcher = difflib.SequenceMatcher(None, old_words, new_words, autojunk=False)
    if matcher.ratio() < ALIKE:
        return [(kind, text) for kind, text in (("old", old), ("new", new)) if text]
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            parts.append(("same", "".join(old_words[start:end])))
            continue
        parts.append(("old", "".join(old_words[start:end])))
        parts.append(("new", "".join(new_words[new_start:new_end])))
    return [(kind, text) for kind, text in parts if text]


def _discard_later(logo):
    if logo:
        transaction.on_commit(lambda: logos.discard(logo))
