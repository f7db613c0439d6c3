"""How staff sign in and look after their account. The names are those that allauth reverses."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import RedirectView

from flexpledge.staff import views


def page(view, template, title, **words):
    """A view of allauth with a template of ours; `words` are what templates for several need."""
    return view.as_view(
        template_name=f"staff/{template}.html", extra_context={"title": title, **words}
    )


urlpatterns = [
    path("login/", page(views.LoginView, "login", _("Sign in")), name="account_login"),
    path("login/passkey/", views.passkey, name="mfa_login_webauthn"),
    path(
        "login/second-factor/",
        page(views.AuthenticateView, "authenticate", _("One more step")),
        name="mfa_authenticate",
    ),
    path("logout/", require_POST(account.LogoutView.as_view()), name="account_logout"),
    # Passwords
    path("password/forgotten/", views.forgotten, name="account_reset_password"),
    path("password/forgotten/sent/", views.sent, name="staff_password_sent"),
    path("password/choose/<str:token>/", views.choose_password, name="staff_password"),
    path(
        "password/change/",
        page(
            account.PasswordChangeView,
            "form",
            _("Change your password"),
            text=_("You are signed out everywhere else."),
            button=_("Change password"),
        ),
        name="account_change_password",
    ),
    # Before a change: who is sitting there?
    path(
        "prove/",
        page(account.ReauthenticateView, "prove", _("Is it still you?")),
        name="account_reauthenticate",
    ),
    path(
        "prove/code/",
        page(mfa.ReauthenticateView, "prove", _("Is it still you?")),
        name="mfa_reauthenticate",
    ),
    path(
        "prove/passkey/",
        page(webauthn.ReauthenticateWebAuthnView, "prove", _("Is it still you?")),
        name="mfa_reauthenticate_webauthn",
    ),
    # The second factor
    path("", page(mfa.IndexView, "account", _("Your account")), name="mfa_index"),
    path(
        "app/",
        page(totp.ActivateTOTPView, "app", _("Set up an authenticator app")),
        name="mfa_activate_totp",
    ),
    path(
        "app/remove/",
        page(
            totp.DeactivateTOTPView,
            "form",
            _("Remove the authenticator app"),
            text=_("Its codes will no longer be asked for, nor let you in."),
            button=_("Remove"),
        ),
        name="mfa_deactivate_totp",
    ),
    path(
        "passkeys/add/",
        page(webauthn.AddWebAuthnView, "passkey", _("Add a passkey")),
        name="mfa_add_webauthn",
    ),
    path("passkeys/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path(
        "passkeys/<int:pk>/rename/",
        page(webauthn.EditWebAuthnView, "form", _("Rename a passkey"), button=_("Save")),
        name="mfa_edit_webauthn",
    ),
    path(
        "passkeys/<int:pk>/remove/",
        page(
            webauthn.RemoveWebAuthnView,
            "form",
            _("Remove a passkey"),
            text=_("It will no longer let you in."),
            button=_("Remove"),
        ),
        name="mfa_remove_webauthn",
    ),
    path(
        "recovery-codes/",
        page(recovery_codes.ViewRecoveryCodesView, "recovery_codes", _("Your recovery codes")),
        name="mfa_view_recovery_codes",
    ),
    path(
        "recovery-codes/new/",
        page(
            recovery_codes.GenerateRecoveryCodesView,
            "form",
            _("Make new recovery codes"),
            text=_("Those you have now will no longer work."),
            button=_("Make new codes"),
        ),
        name="mfa_generate_recovery_codes",
    ),
]
