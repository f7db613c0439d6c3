"""A member changes its entry: the new text arrives as a diff, the old one stays until approved."""

import difflib
import re
from dataclasses import dataclass

from django.db import transaction

from coalition import logos
from coalition.applications import store
from coalition.models import Member, Revision
from common import countries, moderation, outbox
from common.flexibility import labels

FIELDS = ["name", "website", "country", "size", "flexibility", "statement", "logo_alt"]


@transaction.atomic
def propose(member, entry, *, now):
    """Keeps what differs (cleaned data of RevisionForm) for staff; a later one replaces it.

    Returns the Revision, or None where nothing differs. Raises LogoNotStored.
    """
    member = Member.objects.select_for_update().get(pk=member.pk)
    for earlier in member.revisions.filter(status=Revision.Status.PENDING):
        moderation.move(earlier, Revision.Status.REPLACED, actor=None, now=now)
        _discard_later(earlier.logo)
    logo = entry["logo"]
    proposed = {name: entry[name] for name in FIELDS if entry[name] != getattr(member, name)}
    if not proposed and not logo:
        return None
    revision = Revision(member=member, proposed=proposed, created_at=now)
    if logo:
        store(logo, revision)
    try:
        revision.save(force_insert=True)
    except BaseException:
        logos.discard(revision.logo)
        raise
    return revision


@transaction.atomic
def approve(revision, *, actor, now):
    """Makes the new text public and tells the contact."""
    approved = moderation.move(revision, Revision.Status.APPROVED, actor=actor, now=now)
    member = Member.objects.select_for_update().get(pk=approved.member_id)
    for name, value in approved.proposed.items():
        setattr(member, name, value)
    changed = list(approved.proposed)
    if approved.logo:
        _discard_later(member.logo)
        for name in ("logo", "logo_width", "logo_height", "logo_is_light"):
            setattr(member, name, getattr(approved, name))
            changed.append(name)
    member.save(update_fields=changed)
    outbox.put("coalition-revised", member.contact_email, now=now, revision_id=approved.pk)
    return approved


@transaction.atomic
def decline(revision, *, actor, now, reason):
    """Leaves the page as it is; the contact reads the reason."""
    declined = moderation.move(
        revision, Revision.Status.DECLINED, actor=actor, now=now, reason=reason
    )
    _discard_later(declined.logo)
    outbox.put(
        "coalition-not-revised",
        declined.member.contact_email,
        now=now,
        revision_id=declined.pk,
    )
    return declined


def current_entry(member):
    """What the form starts with: the changes that wait, else what is public."""
    entry = {name: getattr(member, name) for name in FIELDS}
    waiting = member.revisions.filter(status=Revision.Status.PENDING).first()
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
