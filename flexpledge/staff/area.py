"""What holds for every page below /admin/, whoever wrote it."""

from functools import cache

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect
from django.urls import reverse

from flexpledge.staff import second_factor

# What somebody needs who has no second factor yet.
SETTING_UP = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "staff_password",
    "account_logout",
    "admin:logout",
}


class StaffAreaMiddleware:
    """No page without a second factor (STAFF_MFA); none in caches or search engines."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if is_inside(request):
            response.headers["Cache-Control"] = "no-store"
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def process_view(self, request, view, args, kwargs):
        if not (settings.STAFF_MFA and is_inside(request) and request.user.is_authenticated):
            return None
        if second_factor.is_proven(request):
            return None
        if second_factor.is_set_up(request.user):
            logout(request)  # a session from before it was set up
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        if request.resolver_match.view_name in SETTING_UP:
            return None
        return redirect("mfa_index")


def is_inside(request):
    return request.path.startswith(_top())


@cache
def _top():
    return reverse("admin:index")
