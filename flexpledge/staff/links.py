"""Links by which a colleague chooses a password: after an invitation, or having forgotten one.

What is signed is the person, until when, and a digest of the password hash and address as they
are: choosing a password ends the link, and so does every other change of either.
"""

import hashlib
from datetime import UTC, datetime, timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import transaction

from flexpledge.staff import sessions

INVITATION_VALID = timedelta(days=7)
RESET_VALID = timedelta(hours=2)
_SALT = "staff.choose-password"


def make(person, *, until):
    return signing.dumps([person.pk, int(until.timestamp()), _state(person)], salt=_SALT)


def person_of(token, *, now):
    """Who may choose a password with this token, or None."""
    try:
        key, until, state = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    person = get_user_model().objects.filter(pk=key, is_staff=True, is_active=True).first()
    is_over = datetime.fromtimestamp(until, UTC) < now
    return None if person is None or is_over or state != _state(person) else person


@transaction.atomic
def choose_password(person, password):
    """Sets it and signs the person out everywhere; False where another request was first."""
    unchanged = get_user_model().objects.filter(pk=person.pk, password=person.password)
    if not unchanged.update(password=make_password(password)):
        return False
    person.refresh_from_db()
    sessions.end_all(person)
    return True


def _state(person):
    return hashlib.sha256(f"{person.password} {person.email}".encode()).hexdigest()[:32]
