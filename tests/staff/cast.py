"""Colleagues, each in the groups named, and their browsers."""

import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth.models import Group, User
from django.test import Client

PASSWORD = "a long enough secret"


def a_colleague(name, *groups, **facts):
    facts = {"is_staff": True, "email": f"{name.lower()}@example.org", **facts}
    colleague = User.objects.create_user(name, password=PASSWORD, **facts)
    colleague.groups.set(Group.objects.filter(name__in=groups))
    return colleague


def an_owner(name="owner"):
    return a_colleague(name, is_superuser=True)


def signed_in(colleague, *, with_second_factor=True):
    """A client in which the colleague has just signed in."""
    client = Client()
    client.force_login(colleague)
    if with_second_factor:
        session = client.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": time.time()}]
        session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(colleague.pk)
        session.save()
    return client


def an_app_of(colleague):
    """The secret in the colleague's authenticator app."""
    secret = generate_totp_secret()
    TOTP.activate(colleague, secret)
    return secret


def code(secret, *, late_s=0):
    """What the app shows, on a telephone whose clock is that late."""
    return format_hotp_value(hotp_value(secret, int(time.time() - late_s) // 30))
