"""What allauth does our way: nobody signs up, mail goes through the outbox, limits are ours."""

import base64
import hashlib
import time

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from flexpledge.staff import limits, mails
from flexpledge.staff.backends import person_named

# What the page that follows says or shows anyway.
UNSAID = {"account/messages/logged_in.txt", "mfa/messages/recovery_codes_generated.txt"}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("Name and password do not go together. Please try again."),
    }

    def is_open_for_signup(self, request):
        return False

    def authenticate(self, request, **credentials):
        name = credentials["username"]
        take_back = limits.attempt_password(request, name, person_named(name))
        person = authenticate(request, **credentials)
        if person:
            take_back()
        return person

    def post_login(self, request, user, **details):
        response = super().post_login(request, user, **details)
        limits.remember_browser(response, user)
        return response

    def add_message(self, request, level, message_template=None, *args, **kwargs):
        if message_template not in UNSAID:
            super().add_message(request, level, message_template, *args, **kwargs)

    def respond_user_inactive(self, request, user):
        """Only a passkey gets this far: with a password such a user is nobody."""
        raise PermissionDenied

    def is_reauthentication_required(self, *, app):
        """Not for some minutes after any proof, signing in included; then for every change."""
        records = get_authentication_records(self.request, self.request.user)
        latest = records[-1]["at"] if records else 0
        return time.time() - latest > app_settings.REAUTHENTICATION_TIMEOUT

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        mails.put_notice(user, template_prefix.rpartition("/")[2], now=timezone.now())


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text):
        """So that a copy of the database makes no codes."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self):
        return gettext("1 Million for Work Flexibility")

    def _get_site_name(self):
        return self.get_totp_issuer()

    def generate_authenticator_name(self, user, type):
        return gettext("My passkey")


def _cipher():
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (hashlib.sha256(b"staff.second-factor" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
