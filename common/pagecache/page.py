"""One page as it is kept, and how it answers a request."""

import gzip
import time
from dataclasses import dataclass
from hashlib import blake2b

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, parse_http_date_safe

STALE_IF_ERROR_S = 24 * 60 * 60
_ABOUT_THE_BODY = {"content-type", "content-length", "content-disposition", "content-encoding"}
_WORTH_PACKING = 1_000  # bytes; less fits into one packet of the network anyway


@dataclass(frozen=True, slots=True)
class Page:
    """An answer for everybody. `headers` are as Django holds them: lower-case name → (name, value)."""

    body: bytes
    packed: bytes | None  # the body in gzip, where that is worth it
    headers: dict
    etag: str
    changed_at: int | None  # seconds since the epoch, as built_at; None: nobody knows
    built_at: float

    @classmethod
    def of(cls, response, *, built_at, before=None, is_kept=True):
        """The page of a fresh answer, in place of the one before, or of None.

        Its validators differ from those before only where the content does. When a page that is
        not kept has changed nobody knows, unless the view says so. Nor is it packed: what stands in
        a page beside what somebody asked for could be told from its length (BREACH).
        """
        etag = _etag(response)
        changed_at = parse_http_date_safe(response.headers.get("Last-Modified", ""))
        if changed_at is None and is_kept:
            changed_at = int(built_at)
            if before:
                is_same = before.etag == etag
                changed_at = (
                    before.changed_at if is_same else max(changed_at, before.changed_at + 1)
                )
        response.headers["ETag"] = etag
        if changed_at is not None:
            response.headers["Last-Modified"] = http_date(changed_at)
        response.headers["Cache-Control"] = _cache_control(response.headers.get("Cache-Control"))
        headers = dict(response.headers._store)
        body, packed = response.content, None
        if is_kept:
            packed = before.packed if before and before.body == body else _packed(response)
        return cls(body, packed, headers, etag, changed_at, built_at)

    @property
    def age_s(self):
        """How far its making is from now, also where the clock was set back meanwhile."""
        return abs(time.time() - self.built_at)

    def answer(self, request):
        """The page, or 304 where the client has it already; nothing but headers for HEAD."""
        body, headers = self._packed_or_plain(request)
        if self._is_known_to(request):
            response = HttpResponseNotModified()
            headers = {name: headers[name] for name in headers.keys() - _ABOUT_THE_BODY}
        else:
            response = HttpResponse(body if request.method == "GET" else b"")
        response.headers._store = headers  # they were checked when they were set
        return response

    def _packed_or_plain(self, request):
        """Body and headers. The plain page does without Vary, for it suits everybody: nginx asks for
        it, packs it by itself, and would keep one for each way a browser words what it accepts."""
        if self.packed is None or "gzip" not in request.META.get("HTTP_ACCEPT_ENCODING", ""):
            return self.body, self.headers.copy()
        packed = {
            "Content-Encoding": "gzip",
            "Content-Length": str(len(self.packed)),
            "Vary": "Accept-Encoding",
        }
        return self.packed, self.headers | {
            name.lower(): (name, value) for name, value in packed.items()
        }

    def _is_known_to(self, request):
        none_match = request.META.get("HTTP_IF_NONE_MATCH")
        if none_match == self.etag:
            return True
        if not none_match and not request.META.get("HTTP_IF_MODIFIED_SINCE"):
            return False
        conditional = get_conditional_response(request, self.etag, self.changed_at)
        return conditional is not None and conditional.status_code == 304


def _etag(response):
    content = response.content
    for text in getattr(response, "not_validated", ()):
        content = content.replace(text.encode(), b"")
    return f'W/"{blake2b(content, digest_size=16).hexdigest()}"'


def _packed(response):
    kind = response.headers.get("Content-Type", "")
    is_text = kind.startswith("text/") or "json" in kind or "xml" in kind
    if not is_text or len(response.content) < _WORTH_PACKING:
        return None
    return gzip.compress(response.content, compresslevel=6, mtime=0)


def _cache_control(own):
    """As fresh for caches on the way as for our own, unless the view says how long."""
    fresh_s = settings.PAGE_FRESH_S
    own = own or f"public, max-age={fresh_s}"
    return f"{own}, stale-while-revalidate={fresh_s}, stale-if-error={STALE_IF_ERROR_S}"
