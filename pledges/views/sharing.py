"""What a personal link looks like elsewhere: its QR code, its card, its poster."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import conditional_page, require_safe

from common.responses import private_page
from pledges import cards, invitations, qr
from pledges.models import Tally
from pledges.views.tokens import with_pledge

CODE_FRESH_S = 86_400  # seconds; a QR code changes only with SITE_URL
CARD_FRESH_S = 300  # seconds; the total on it is live
PAPERS = {"a4", "letter"}


@conditional_page
@require_safe
def qr_svg(request, code):
    return _qr_code(qr.svg, "image/svg+xml", code)


@conditional_page
@require_safe
def qr_png(request, code):
    return _qr_code(qr.png, "image/png", code)


def _qr_code(draw, content_type, code):
    invitation = invitations.of(code)
    if invitation is None:
        raise Http404("nobody has this code")
    response = HttpResponse(draw(settings.SITE_URL + invitation.path), content_type=content_type)
    response["Cache-Control"] = f"public, max-age={CODE_FRESH_S}"
    return response


@require_safe
def card(request, code):
    """Drawn only for codes that are somebody's, and not for whoever has it as it is now."""
    invitation = invitations.of(code)
    if invitation is None:
        raise Http404("nobody has this code")
    card = cards.Card.of(invitation, Tally.objects.total())
    etag = f'"{card.key}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        card.png(), content_type="image/png"
    )
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={CARD_FRESH_S}"
    return response


@require_safe
@private_page
@with_pledge("mine")
def poster(request, pledge):
    paper = request.GET.get("size", "a4")
    if paper not in PAPERS:
        raise Http404("no such paper")
    join_url = settings.SITE_URL + pledge.join_path
    context = {
        "pledge": pledge,
        "token": pledge.token("mine"),
        "paper": paper,
        "short_url": join_url.partition("://")[2],
        "qr": qr.path_of(join_url),
    }
    return render(request, "pledges/poster.html", context)
