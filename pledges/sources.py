"""Which page of ours a form was sent from, and which link brought somebody there.

Links are marked with `utm_source`, as newsletters and networks do. Pages are cached and the same
whatever stands in their address, so the form cannot carry it. The browser does: with a POST it
sends the address of our page as the Referer, to nobody but us.
"""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

from django.urls import Resolver404, resolve

PARAMETER = "utm_source"
_SOURCE = re.compile(r"[a-z0-9_.-]{1,40}")
_WITH_THE_FORM = {"home", "join", "pledges:sign", "pledges:frame"}


def of(request):
    """The source of a posted form, or "": strangers write it, and staff read it."""
    marked = request.GET.get(PARAMETER) or _mark_of(_page(request))
    return marked.lower() if _SOURCE.fullmatch(marked.lower()) else ""


def query(source):
    """Carries it on where the address of a page no longer does."""
    return f"?{urlencode({PARAMETER: source})}" if source else ""


def page_of(request):
    """The route of the page that showed the form: `/`, `/join/<str:code>/`, `/pledge/` or `/embed/`.

    Where the browser does not say, the page that the form was sent to, which shows it as well.
    """
    page = _page(request)
    try:
        shown = resolve(page.path) if page else request.resolver_match
    except Resolver404:
        shown = request.resolver_match
    if shown.view_name not in _WITH_THE_FORM:
        shown = request.resolver_match
    return f"/{shown.route}"


def _page(request):
    """The parts of the address of our page, or None."""
    try:
        page = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return None
    return page if page.netloc == request.get_host() else None


def _mark_of(page):
    try:
        return parse_qs(page.query, max_num_fields=20)[PARAMETER][0] if page else ""
    except (KeyError, ValueError):
        return ""
