"""A member changes its entry: the new text arrives as a diff, the old one stays until approved."""

import difflib
import re
from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import F, Func, Value
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
WITHOUT_CONTACT = Func(
    F("proposed"),
    Value(contacts.FIELDS, ArrayField(models.TextField())),
    template="%(expressions)s",
    arg_joiner=" - ",
)


@transaction.atomic
def propose(member, entry, *, now):
    """Keeps what differs (cleaned data of RevisionForm) for staff; a later one replaces it.

    A logo that waits goes along until another is chosen. Returns the Revision, or None where
    nothing differs. Raises LogoNotStored, and Http404 where the member was deleted meanwhile.
    """
    return _propose(*_hold_waiting(member), entry, now=now)


@transaction.atomic
def name_contact(member, contact, *, actor, now):
    """Staff name another contact (cleaned data of ContactForm): it proves itself like any other."""
    member, earlier = _hold_waiting(member)
    named = trail.entry(actor, Action.CONTACT_NAMED, member, now=now)
    entry = _entry(member, earlier) | contact | {"logo": None}
    return _propose(member, earlier, entry, now=now, actor=actor, also=[named])


def _hold_waiting(member):
    """The member and the change that waits, or None, both locked."""
    member = get_object_or_404(Member.objects.select_for_update(), pk=member.pk)
    return member, member.revisions.pending().select_for_update().first()


def _propose(member, earlier, entry, *, now, actor=None, also=()):
    """`also`: entries of the audit trail that belong to it."""
    revision = Revision(
        member=member,
        proposed={name: entry[name] for name in FIELDS if entry[name] != getattr(member, name)},
        created_at=now,
    )
    if earlier:
        _follow(earlier, revision, has_new_logo=bool(entry["logo"]))
    replaced = [earlier] if earlier else []
    _close(
        replaced,
        Revision.Status.REPLACED,
        actor=actor,
        now=now,
        also=also,
        logo="",
        logo_width=None,
        logo_height=None,
    )
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


def _follow(earlier, revision, *, has_new_logo):
    """What the one that waits had reached goes over to the later one."""
    if earlier.new_address == revision.new_address:
        revision.contact_confirmed_at = earlier.contact_confirmed_at
    if has_new_logo:
        _discard_later(earlier.logo)
    else:
        for name in LOGO:
            setattr(revision, name, getattr(earlier, name))


@transaction.atomic
def take_back(member, *, now):
    """Drops the changes that wait, if any."""
    member = Member.objects.select_for_update().get(pk=member.pk)
    waiting = list(member.revisions.pending().select_for_update())
    _close(waiting, Revision.Status.TAKEN_BACK, actor=None, now=now)
    for revision in waiting:
        _discard_later(revision.logo)


@transaction.atomic
def approve(*revisions, actor, now):
    """Makes the new texts public and tells the contacts, and those before.

    Returns the changes approved, and for each that was not, IllegalMove, or NotProven where it
    names a contact whose address has not confirmed itself. Many at the price of one, as `decline`.
    """
    held, refused = _hold(revisions, Revision.Status.APPROVED)
    refused += [contacts.NotProven(one) for one in held if one.is_unproven]
    approved = [one for one in held if not one.is_unproven]
    _close(approved, Revision.Status.APPROVED, actor=actor, now=now)
    mails, changed = [], set()
    for revision in approved:
        member = revision.member
        if revision.new_address:
            told = {"member_id": member.pk}
            mails.append(("coalition-contact-replaced", member.contact_email, told))
        changed |= _take_over(member, revision)
        mails.append(("coalition-revised", member.contact_email, {"revision_id": revision.pk}))
    if approved:
        Member.objects.bulk_update([revision.member for revision in approved], changed)
    outbox.put_many(mails, now=now)
    return approved, refused


@transaction.atomic
def decline(*revisions, actor, now, reason):
    """Leaves the pages as they are; the contacts read the reason. Returns as `approve` does."""
    declined, refused = _hold(revisions, Revision.Status.DECLINED)
    _close(declined, Revision.Status.DECLINED, actor=actor, now=now, reason=reason)
    for revision in declined:
        _discard_later(revision.logo)
    outbox.put_many(
        [
            ("coalition-not-revised", one.member.contact_email, {"revision_id": one.pk})
            for one in declined
        ],
        now=now,
    )
    return declined, refused


def purge(*, now, dry_run=False):
    """Erases changes whose new contact never confirmed, logos included; returns how many."""
    abandoned = Revision.objects.abandoned(now)
    if dry_run:
        return abandoned.count()
    return logos.erase_owners(abandoned)


def _hold(revisions, to_status):
    """Locks the members, then the changes; returns the changes that may move, and refusals."""
    keys = {revision.member_id for revision in revisions}
    locked = Member.objects.filter(pk__in=keys).order_by("pk").select_for_update()
    members = {member.pk: member for member in locked}
    keys = [revision.pk for revision in revisions]
    held = list(Revision.objects.filter(pk__in=keys).order_by("pk").select_for_update())
    for revision in held:
        revision.member = members[revision.member_id]
    stay = [one for one in held if not moderation.may_move(one, to_status)]
    return [one for one in held if one not in stay], moderation.refusals(stay, to_status)


def _close(held, status, **facts):
    """Moves them. Whom they name as contacts stays in the objects in hand and nowhere else."""
    moderation.move_held(held, status, proposed=WITHOUT_CONTACT, **facts)


def _take_over(member, revision):
    """Sets in the member what the change says; returns the names of those fields."""
    for name, value in revision.proposed.items():
        setattr(member, name, value)
    changed = {*revision.proposed}
    if revision.logo:
        _discard_later(member.logo)
        for name in LOGO:
            setattr(member, name, getattr(revision, name))
        changed |= {*LOGO}
    if revision.new_address:
        changed |= contacts.hand_over(member, revision)
    return changed


def current_entry(member):
    """What the form starts with: the changes that wait, else what is public."""
    return _entry(member, member.revisions.pending().first())


def _entry(member, waiting):
    entry = {name: getattr(member, name) for name in FIELDS}
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
