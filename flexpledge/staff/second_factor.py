"""The second factor of staff: a passkey or an authenticator app, and what follows when it changes."""

from allauth.account import signals as account_signals
from allauth.account.authentication import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
)
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from common import trail
from common.models import Action
from flexpledge.staff import mails, sessions


def is_proven(request):
    """Whether a second factor was shown in this session."""
    return any(
        record["method"] == "mfa" for record in get_authentication_records(request, request.user)
    )


def is_set_up(person):
    return Authenticator.objects.filter(user=person).exists()


@transaction.atomic
def reset(person, *, actor, why, now):
    """For who lost it: takes all factors away and signs them out; they set up a new one."""
    Authenticator.objects.filter(user=person).delete()
    sessions.end_all(person)
    trail.record(actor, Action.SECOND_FACTOR_RESET, person, now=now, why=why)
    mails.put_notice(person, "second_factor_reset", now=now)


def connect():
    signals.authenticator_added.connect(_added)
    signals.authenticator_removed.connect(_removed)
    signals.authenticator_reset.connect(_end_other_sessions)
    signals.authenticator_used.connect(_used)
    account_signals.password_changed.connect(_end_other_sessions)


def _added(request, user, authenticator, **kwargs):
    """Setting a factor up proves that it is at hand."""
    record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
    _end_other_sessions(request, user)


def _removed(request, user, **kwargs):
    if not is_set_up(user):
        request.session.pop(AUTHENTICATION_METHODS_SESSION_KEY, None)  # it proves nothing any more
    _end_other_sessions(request, user)


def _end_other_sessions(request, user, **kwargs):
    request.session.cycle_key()
    sessions.end_all(user, but=request.session.session_key)


def _used(user, authenticator, **kwargs):
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        mails.put_notice(user, "recovery_code_used", now=timezone.now())
