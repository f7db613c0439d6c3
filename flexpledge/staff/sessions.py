"""Sessions of staff: in the database, ended after SESSION_COOKIE_AGE without a request.

A row is found by a hash of the key in the cookie, so that a copy of the database signs nobody in.
"""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.utils import timezone

PROLONGED_EVERY = timedelta(minutes=5)  # else every page would write


class SessionStore(db.SessionStore):
    @classmethod
    def get_model_class(cls):
        from flexpledge.models import Session

        return Session

    def create_model_instance(self, data):
        session = super().create_model_instance(data)
        session.session_key = _stored(session.session_key)
        session.user_id = data.get(SESSION_KEY)
        return session

    def save(self, must_create=False):
        """One statement where Django opens a transaction for it."""
        if must_create or self.session_key is None:
            return super().save(must_create)
        kept = self.create_model_instance(self._get_session())
        facts = {
            "session_data": kept.session_data,
            "expire_date": kept.expire_date,
            "user_id": kept.user_id,
        }
        if not self.model.objects.filter(pk=kept.pk).update(**facts):
            raise UpdateError

    def exists(self, session_key):
        return super().exists(_stored(session_key))

    def delete(self, session_key=None):
        if key := session_key or self.session_key:
            super().delete(_stored(key))

    def _get_session_from_db(self):
        with_key = self.model.objects.filter(session_key=_stored(self.session_key))
        session = with_key.filter(expire_date__gt=timezone.now()).first()
        if session is None:
            self._session_key = None  # Django's own store makes a new one, too
        else:
            idle = timedelta(seconds=settings.SESSION_COOKIE_AGE)
            used_at = session.expire_date - idle
            self.modified = self.modified or timezone.now() - used_at > PROLONGED_EVERY
        return session


def end_all(person, *, but=None):
    """Signs the person out everywhere, but for the session with this key."""
    theirs = SessionStore.get_model_class().objects.filter(user=person)
    theirs.exclude(session_key=_stored(but) if but else None).delete()


def _stored(session_key):
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]  # the width of Django's column


def forget_expired():
    SessionStore.clear_expired()
