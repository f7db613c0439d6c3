from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.origin import public_form
from common.ratelimit import limited
from common.responses import private_page, see_other
from pledges import confirmation, withdrawal
from pledges.forms import DigitsForm
from pledges.views.signing import check_email_page
from pledges.views.tokens import with_pledge


@public_form
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@with_pledge("confirm")
def confirm(request, pledge):
    if request.method != "POST":
        return render(request, "pledges/confirm.html", {"pledge": pledge})
    return _confirmed(pledge)


@public_form
@require_POST
@private_page
@limited("code")
def by_digits(request):
    form = DigitsForm(request.POST, auto_id="code_%s")
    if form.is_valid():
        email, code = form.cleaned_data["email"], form.cleaned_data["code"]
        if pledge := confirmation.by_digits(email, code, now=timezone.now()):
            return _confirmed(pledge)
        form.add_error(
            "code",
            _(
                "This code does not fit this address, or was tried too often today. "
                "The link in the mail always works."
            ),
        )
    return check_email_page(request, code_form=form, status=422)


def _confirmed(pledge):
    confirmation.confirm(pledge, now=timezone.now())
    response = redirect(pledge)
    response.status_code = 303
    return response


@public_form
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@with_pledge("not-me")
def not_me(request, pledge):
    if request.method != "POST":
        return render(request, "pledges/not_me.html")
    withdrawal.not_me(pledge, now=timezone.now())
    return see_other("pledges:done", "not-me")
