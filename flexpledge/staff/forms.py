"""allauth's forms in our words, with our limits."""

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm as BaseTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from flexpledge.staff import limits

CODE_WIDGET = {"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}


class Plain:
    """Labels say what a field is; nothing stands in it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class LoginForm(Plain, account.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.label = _("Login name or email address")
        login.max_length = 254
        login.widget.attrs |= {"autocomplete": "username webauthn", "autofocus": True}


class ReauthenticateForm(Plain, account.ReauthenticateForm):
    pass


class ChangePasswordForm(Plain, account.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = password_validators_help_text_html()

    def clean_oldpassword(self):
        """Counted like a login: whoever finds an open session must not guess the password in it."""
        password = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password


class CodeForm(Plain):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from your app, or a recovery code")
        self.fields["code"].widget.attrs |= CODE_WIDGET

    def clean_code(self):
        take_back = limits.attempt_code(context.request, self.user)
        code = super().clean_code()
        if not limits.is_fresh(self.user, code, now=timezone.now()):
            raise get_mfa_adapter().validation_error("incorrect_code")
        take_back()
        return code


class AuthenticateForm(CodeForm, mfa.AuthenticateForm):
    pass


class ReauthenticateCodeForm(CodeForm, mfa.ReauthenticateForm):
    pass


class ActivateTOTPForm(Plain, BaseTOTPForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("The six digits that your app shows now")
        self.fields["code"].widget.attrs |= CODE_WIDGET


class PasskeyForm(AddWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("What you call it")
        self.fields["name"].help_text = _("So that you can tell it from others: “Work laptop”.")
        self.fields["passwordless"].label = _("Sign in with it alone, without the password")
        self.fields["passwordless"].help_text = _(
            "It then asks for your finger, face or PIN. Older security keys cannot; untick it there."
        )
        self.fields["passwordless"].initial = True


class RenamePasskeyForm(EditWebAuthnForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("What you call it")
