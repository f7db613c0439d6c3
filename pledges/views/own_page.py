import json

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from common.origin import public_form
from common.pagecache import cached_page
from common.ratelimit import limited
from common.responses import private_page, see_other
from pledges import assistance, own_page, qr, voices, withdrawal, wordings
from pledges.forms import AddressForm, DetailsForm
from pledges.models import NewAddress, Tally
from pledges.views.tokens import with_pledge

FRIENDS_SHOWN = 12
DONE = {"withdrawn", "erased", "not-me", "unsubscribed"}


@cached_page(query=("sent",))
@public_form
@require_http_methods(["GET", "HEAD", "POST"])
@limited("link")
def ask_for_link(request):
    if request.method != "POST":
        return render(
            request, "pledges/link.html", {"form": AddressForm(), "sent": "sent" in request.GET}
        )
    form = AddressForm(request.POST)
    if not form.is_valid():
        return render(request, "pledges/link.html", {"form": form}, status=422)
    if not form.is_suspicious:
        own_page.send_link(form.cleaned_data["email"], now=timezone.now())
    return see_other("pledges:link", query="?sent")


@public_form
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@with_pledge("mine")
def mine(request, pledge):
    if request.method != "POST":
        return _own_page(request, pledge, DetailsForm(initial=_details(pledge)))
    form = DetailsForm(request.POST)
    if not form.is_valid():
        return _own_page(request, pledge, form, status=422)
    own_page.change(pledge, now=timezone.now(), **form.cleaned_data)
    return see_other("pledges:mine", pledge.token("mine"), query="?saved#saved")


def _own_page(request, pledge, form, status=200):
    join_url = settings.SITE_URL + pledge.join_path
    friends = Tally.objects.friends_of(pledge)
    voice = getattr(pledge, "voice", None)
    context = {
        "voice": voice,
        "reason_for_declining": voice and voices.reason_for_declining(voice),
        "pledge": pledge,
        "token": pledge.token("mine"),
        "form": form,
        "saved": "saved" in request.GET,
        "wording": wordings.WORDINGS[pledge.wording],
        "join_url": join_url,
        "qr": qr.path_of(join_url),
        "friends": friends,
        "shown_friends": pledge.referrals.standing().order_by("-number")[:FRIENDS_SHOWN]
        if friends
        else [],
    }
    return render(request, "pledges/mine.html", context, status=status)


def _details(pledge):
    voice = getattr(pledge, "voice", None)
    return {
        "name": pledge.name,
        "country": pledge.country,
        "region": pledge.region,
        "flexibility": pledge.flexibility,
        "reason": voice.text if voice else "",
        "show_name": pledge.shows_name,
        "newsletter": pledge.wants_news,
    }


@public_form
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@with_pledge("mine")
def download(request, pledge):
    body = json.dumps(
        own_page.everything_held(pledge), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2
    )
    response = HttpResponse(body, content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="my-pledge.json"'
    return response


@public_form
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@with_pledge("mine", ends_link=True)
def withdraw(request, pledge):
    if request.method != "POST":
        context = {"pledge": pledge, "kept_days": settings.WITHDRAWN_KEPT_DAYS}
        return render(request, "pledges/withdraw.html", context)
    withdrawal.withdraw(pledge, now=timezone.now())
    return see_other("pledges:done", "withdrawn")


@public_form
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@with_pledge("mine", ends_link=True)
def erase(request, pledge):
    if request.method != "POST":
        return render(request, "pledges/erase.html", {"pledge": pledge})
    withdrawal.erase(pledge, now=timezone.now())
    return see_other("pledges:done", "erased")


@public_form
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def new_address(request, token):
    try:
        wanted = NewAddress.by_token(token)
    except NewAddress.DoesNotExist:
        return render(request, "pledges/link_ended.html", status=404)
    if request.method != "POST":
        return render(request, "pledges/new_address.html")
    try:
        pledge = assistance.prove(wanted, now=timezone.now())
    except assistance.AddressTaken:
        return render(request, "pledges/new_address.html", {"is_taken": True}, status=409)
    return HttpResponseRedirect(pledge.get_absolute_url(), status=303)


@public_form
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
@with_pledge("unsubscribe")
def unsubscribe(request, pledge):
    if request.method != "POST":
        return render(request, "pledges/unsubscribe.html")
    own_page.unsubscribe(pledge, now=timezone.now())
    return see_other("pledges:done", "unsubscribed")


@cached_page()
@require_safe
def done(request, what):
    if what not in DONE:
        raise Http404
    return render(request, "pledges/done.html", {"what": what})
