"""Serves uploaded pictures, where no web server in front does: only pictures, never as a page."""

from pathlib import PurePosixPath

from django.conf import settings
from django.http import Http404
from django.views.decorators.http import require_safe
from django.views.static import serve

CONTENT_TYPES = {
    ".png": "image/png",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".avif": "image/avif",
}
A_YEAR_S = 365 * 24 * 60 * 60


@require_safe
def picture(request, path):
    """Files are named once and never rewritten, so they may be kept for ever."""
    content_type = CONTENT_TYPES.get(PurePosixPath(path).suffix.lower())
    if content_type is None:
        raise Http404("no picture")
    response = serve(request, path, document_root=settings.MEDIA_ROOT)
    response.headers["Content-Type"] = content_type
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = f"public, max-age={A_YEAR_S}, immutable"
    return response
