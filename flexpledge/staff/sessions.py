"""Sessions of staff: in the database, ended after SESSION_COOKIE_AGE without a request."""

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
        if not self.model.objects.filter(pk=self.session_key).update(**facts):
            raise UpdateError

    def _get_session_from_db(self):
        session = super()._get_session_from_db()
        if session:
            idle = timedelta(seconds=settings.SESSION_COOKIE_AGE)
            used_at = session.expire_date - idle
            self.modified = self.modified or timezone.now() - used_at > PROLONGED_EVERY
        return session


def end_all(person, *, but=None):
    """Signs the person out everywhere, but for the session with this key."""
    SessionStore.get_model_class().objects.filter(user=person).exclude(session_key=but).delete()


def forget_expired():
    SessionStore.clear_expired()
