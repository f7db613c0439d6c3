import time
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.urls import Resolver404, resolve

from common.pagecache import shared
from common.pagecache.page import Page
from common.pagecache.shelf import Builders, Shelf

WAIT_S = 0.01  # between two looks at whether the page that somebody else builds is ready
RETRY_S = 2  # in an outage one request in so many seconds tries again
_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")

# Apart, so that no number of queries pushes out the pages that everybody reads.
_plain, _queried = Shelf(), Shelf()


def clear():
    """Forgets the pages of this process."""
    _plain.clear()
    _queried.clear()


class PageCacheMiddleware:
    """Stands before all that sets headers, so that these are kept with the page."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.builders = Builders()
        self.failed_at = None  # in an outage: when a page was last tried

    def __call__(self, request):
        if request.method in ("GET", "HEAD") and _is_for_us(request):
            page = _shelf(request).get(_key(request))
            if page and _is_fresh(page):
                return page.answer(request)
            if rule := _rule(request):
                return self._answer(request, rule)
        response = self.get_response(request)
        if _is_change_by_staff(request, response):
            shared.publish()
        return response

    def _answer(self, request, rule):
        if not _narrow(request, rule):
            return self._build(request)
        key = _key(request)
        give_up_at = time.monotonic() + shared.CLAIMED_S
        while time.monotonic() < give_up_at:
            with self.builders.place_for(key) as is_ours:
                if is_ours and (response := self._renewed(request, rule, key)):
                    return response
            page = _shelf(request).get(key)
            if page and (_may_be_shown(page) or self.failed_at):
                return page.answer(request)
            time.sleep(WAIT_S)
        return self._build(request)

    def _renewed(self, request, rule, key):
        """The answer from a page that is new again, or None while another process builds it."""
        shelf = _shelf(request)
        page = shelf.get(key)
        if page and (_is_fresh(page) or self._just_failed()):
            return page.answer(request)
        if not rule.is_shared:
            return self._build(request, before=page, keep=lambda new: shelf.put(key, new))
        found = shared.get(key)
        if found and (page is None or found.built_at > page.built_at):
            page = found
            shelf.put(key, page)
            if _is_fresh(page):
                return page.answer(request)
        if not shared.claim(key):
            return None

        def keep(new):
            shelf.put(key, new)
            shared.put(key, new)

        try:
            return self._build(request, before=page, keep=keep)
        finally:
            shared.release(key)

    def _build(self, request, *, before=None, keep=None):
        """The answer from a page just built, or from the one before where that fails."""
        method, request.method = request.method, "GET"
        conditions = {name: request.META.pop(name, "") for name in _CONDITIONS}
        built_at = time.time()
        if self.failed_at:
            self.failed_at = time.monotonic()  # others need not try meanwhile
        response = self.get_response(request)
        request.method = method
        request.META.update(conditions)
        self.failed_at = time.monotonic() if response.status_code == 503 else None
        if response.status_code >= 500 and before:
            return before.answer(request)
        if not _is_for_everybody(response):
            return response
        page = Page.of(response, built_at=built_at, before=before, is_kept=bool(keep))
        if keep:
            keep(page)
        return page.answer(request)

    def _just_failed(self):
        return self.failed_at and time.monotonic() - self.failed_at < RETRY_S


def _is_for_us(request):
    """Another Host and a damaged query go the long way, to be refused."""
    try:
        return bool(request.get_host()) and "%00" not in request.META.get("QUERY_STRING", "")
    except DisallowedHost:
        return False


def _shelf(request):
    return _queried if request.META.get("QUERY_STRING") else _plain


def _key(request):
    return f"{request.scheme}:{request.path_info}?{request.META.get('QUERY_STRING', '')}"


def _rule(request):
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return None
    return getattr(view, "cached_page", None)


def _narrow(request, rule):
    """Leaves in the request what the view asks for, in one order; returns whether such a page is kept."""
    query = request.META.get("QUERY_STRING", "").encode("latin-1").decode(errors="replace")
    asked = dict(parse_qsl(query, keep_blank_values=True))
    known = (*rule.query, *rule.uncached)
    if rule.is_strict and not asked.keys() <= set(known):
        return False
    names = [name for name in known if name in asked]
    request.META["QUERY_STRING"] = urlencode([(name, asked[name]) for name in names])
    return not any(name in asked for name in rule.uncached)


def _is_fresh(page):
    return page.age_s < settings.PAGE_FRESH_S and page.built_at > shared.published_at()


def _may_be_shown(page):
    """While somebody else builds the next one."""
    return page.age_s < 2 * settings.PAGE_FRESH_S


def _is_for_everybody(response):
    headers = response.headers
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and "cookie" not in headers.get("Vary", "").lower()
        and "nonce-" not in headers.get("Content-Security-Policy", "")
        and not {"no-store", "private"} & set(headers.get("Cache-Control", "").split(", "))
    )


def _is_change_by_staff(request, response):
    match = request.resolver_match
    return (
        request.method == "POST"
        and response.status_code < 400
        and match is not None
        and "admin" in match.app_names
        and request.user.is_staff
    )
