"""Signing in a frame on somebody else's page: no script, no cookie, and the same reception."""

from django.conf import settings
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from common import tokens
from common.frames import framed
from common.origin import public_form
from common.pagecache import cached_page
from common.ratelimit import too_many
from common.responses import see_other
from pledges.forms import FrameForm
from pledges.views.signing import receive


@cached_page(uncached=("via",))
@framed
@public_form
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request):
    if request.method != "POST":
        via = request.GET.get("via", "")
        form = FrameForm(initial={"via": via if tokens.looks_like_code(via) else ""})
        return render(request, "pledges/frame_sign.html", {"form": form})
    form = FrameForm(request.POST)
    if not form.is_valid():
        return too_many(request, "sign") or render(
            request, "pledges/frame_sign.html", {"form": form}, status=422
        )
    return receive(request, form) or see_other("pledges:frame_check_email")


@cached_page()
@framed
@require_safe
def check_email(request):
    return render(
        request, "pledges/frame_check_email.html", {"kept_days": settings.UNCONFIRMED_KEPT_DAYS}
    )
