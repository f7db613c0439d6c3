from allauth.account import views as account
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.mfa.base import views as mfa
from allauth.mfa.webauthn.views import login_webauthn
from django import forms
from django.contrib.auth import logout
from django.contrib.auth.forms import SetPasswordForm
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from common import outbox, ratelimit
from common.forms import AddressField
from common.responses import see_other
from flexpledge.staff import limits, links

PASSKEY_CHALLENGES = "60/1m"  # of one network; each makes a session


class LoginView(account.LoginView):
    def get_context_data(self, **kwargs):
        """Repeats no address of another site in the page; allauth would not lead there either."""
        context = super().get_context_data(**kwargs)
        return context if self.get_next_url() else context | {"redirect_field": ""}


class AuthenticateView(mfa.AuthenticateView):
    """The second factor at the login."""

    def dispatch(self, request, *args, **kwargs):
        """Begins anew where the factor was reset meanwhile; allauth would lead in a circle."""
        response = super().dispatch(request, *args, **kwargs)
        if getattr(response, "url", None) == reverse("account_login"):
            request.session.flush()
        return response


class AddressForm(forms.Form):
    email = AddressField()


@require_http_methods(["GET", "HEAD", "POST"])
@ratelimit.limited("staff-password")
def forgotten(request):
    """The answer is the same whoever asks; the mail finds out whether anybody reads there."""
    form = AddressForm(request.POST or None)
    if form.is_valid():
        outbox.put_capped("staff-password", form.cleaned_data["email"], now=timezone.now())
        return see_other("staff_password_sent")
    context = {
        "form": form,
        "title": _("Forgotten your password?"),
        "text": _("We mail you a link to choose a new one. It works for two hours."),
        "button": _("Send me a link"),
    }
    return render(request, "staff/form.html", context)


@require_safe
def sent(request):
    context = {
        "title": _("Look into your mail"),
        "text": _(
            "If a staff account has this address, a link is on its way to it. Nothing comes within"
            " some minutes? Ask a colleague who manages staff accounts to send you one."
        ),
    }
    return render(request, "staff/message.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def choose_password(request, token):
    """Reached from a mail. Goes on as a login does, so a second factor is asked for."""
    person = links.person_of(token, now=timezone.now())
    if person is None:
        return _link_is_over(request)
    form = SetPasswordForm(person, request.POST or None)
    if not form.is_valid():
        context = {
            "form": form,
            "title": _("Choose your password"),
            "text": _("Your login name is %(name)s.") % {"name": person.get_username()},
            "button": _("Save and go on"),
        }
        return render(request, "staff/form.html", context)
    if not links.choose_password(person, form.cleaned_data["new_password1"]):
        return _link_is_over(request)
    logout(request)
    record_authentication(request, person, "password")
    return perform_login(request, person)


def _link_is_over(request):
    context = {
        "title": _("This link no longer works"),
        "text": _(
            "It was used already, or is too old, or a part of it got lost. Ask for a new one, or"
            " sign in if you have chosen your password."
        ),
    }
    return render(request, "staff/message.html", context, status=404)


@require_http_methods(["GET", "HEAD", "POST"])
def passkey(request):
    """Signing in with a passkey alone: first the challenge for it, then its answer."""
    now = timezone.now()
    if wait_s := ratelimit.is_over(request, "staff passkey", PASSKEY_CHALLENGES, now=now):
        return limits.too_many(request, wait_s)
    return login_webauthn(request)
