"""What stands on other people's pages besides the form, and where they find the code for it."""

from dataclasses import asdict

from csp.constants import NONE
from csp.decorators import csp
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import conditional_page, require_safe

from common.pagecache import cached_page
from common.responses import open_data
from pledges import invitations, oembed, snippets
from pledges.badge import BadgeForm
from pledges.models import Tally

BADGE_FRESH_S = 60  # seconds that caches may keep it


@cached_page(query=("theme", "size", "show"), is_strict=True)
@csp({"default-src": [NONE], "frame-ancestors": [NONE]})
@open_data(BADGE_FRESH_S)
@require_safe
def badge(request):
    """Refuses names it does not know, too: caches need not keep one picture many times."""
    form = BadgeForm(request.GET)
    if not form.is_valid() or request.GET.keys() - form.fields.keys():
        raise BadRequest("no such badge")
    svg = form.badge().svg(Tally.objects.total(), settings.PLEDGE_GOAL)
    return HttpResponse(svg, content_type="image/svg+xml")


@cached_page(query=("theme", "size", "show"), uncached=("via",))
@require_safe
def code(request):
    """Code to copy, for everybody or with the code of a supporter or member (`via`) in it."""
    via = request.GET.get("via", "")
    invitation = invitations.of(via)
    if via and invitation is None:
        raise Http404("nobody has this code")
    form = BadgeForm(request.GET)
    if not form.is_valid():
        raise BadRequest("no such badge")
    badge = form.badge()
    width, height = snippets.FRAME_SIZE
    context = {
        "via": via,
        "form": BadgeForm(initial=asdict(badge)),
        "badge": badge,
        "badge_html": snippets.badge(badge, invitation.path if invitation else reverse("home")),
        "frame_path": snippets.frame_path(via),
        "frame_html": snippets.frame(via),
        "frame_width": width,
        "frame_height": height,
    }
    return render(request, "pledges/embed_code.html", context)


@open_data(oembed.KEPT_S)
@conditional_page
@require_safe
def describe(request):
    form = oembed.ConsumerForm(request.GET)
    if not form.is_valid():
        raise BadRequest("not an oEmbed request")
    asked = form.cleaned_data
    resource = oembed.resource(
        asked["url"], max_width=asked["maxwidth"], max_height=asked["maxheight"]
    )
    if resource is None:
        raise Http404("nothing of ours to embed")
    if asked["format"] == "xml":
        return HttpResponse(oembed.as_xml(resource), content_type="text/xml; charset=utf-8")
    return JsonResponse(resource)
