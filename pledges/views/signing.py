from django.conf import settings
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import networks, ratelimit
from common.origin import public_form
from common.pagecache import cached_page
from common.ratelimit import client_address, limited, too_many
from common.responses import see_other
from pledges import reception, sources, stops
from pledges.forms import AddressForm, DigitsForm, PledgeForm
from pledges.models import Tally


@cached_page()
@public_form
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request):
    if request.method != "POST":
        return _sign_page(request, PledgeForm())
    form = PledgeForm(request.POST)
    if not form.is_valid():
        form.query = sources.query(sources.of(request))
        return too_many(request, "sign") or _sign_page(request, form, status=422)
    return receive(request, form) or see_other("pledges:check_email")


def receive(request, form):
    """Takes in what a valid form says, wherever it was filled in, and counts it for the limit.

    The answer to give instead of thanks where the client is past it, or else None.
    """
    now = timezone.now()
    limit = ratelimit.of_client(request, "sign", settings.SIGN_LIMIT_PER_IP, now=now)
    answers = form.cleaned_data
    del answers["leave_empty"]
    is_stored = reception.sign(
        now=now,
        limit=limit,
        is_trapped=form.is_suspicious,
        source=sources.of(request),
        page=sources.page_of(request),
        network=networks.kept(client_address(request)),
        **answers,
    )
    return None if is_stored else ratelimit.refusal(request, limit.wait_s(now))


def _sign_page(request, form, status=200):
    count = Tally.objects.total()
    context = {
        "form": form,
        "count": count,
        "goal": settings.PLEDGE_GOAL,
        "next_stop": stops.next_stop(count, settings.PLEDGE_GOAL),
        "next_number": count + 1,
    }
    return render(request, "pledges/sign.html", context, status=status)


@cached_page(query=("again",))
@require_safe
def check_email(request):
    return check_email_page(request, sent_again="again" in request.GET)


@public_form
@require_POST
@limited("resend")
def resend(request):
    form = AddressForm(request.POST, auto_id="resend_%s")
    if not form.is_valid():
        return check_email_page(request, resend_form=form, status=422)
    if not form.is_suspicious:
        reception.mail_again(form.cleaned_data["email"], now=timezone.now())
    return see_other("pledges:check_email", query="?again")


def check_email_page(request, *, resend_form=None, code_form=None, sent_again=False, status=200):
    """The page after signing: the same whoever signed, with or without a pledge."""
    context = {
        "resend_form": resend_form or AddressForm(auto_id="resend_%s"),
        "code_form": code_form or DigitsForm(auto_id="code_%s"),
        "sent_again": sent_again,
        "kept_days": settings.UNCONFIRMED_KEPT_DAYS,
    }
    return render(request, "pledges/check_email.html", context, status=status)
