"""Cross-site posting is refused without a cookie.

Browsers say where a POST comes from: `Sec-Fetch-Site` in all current ones, `Origin` in older
ones. A form of another site cannot forge either. A client that sends neither is no browser that
carries somebody's rights along, so there is nothing to protect. Public pages thus need no CSRF
cookie and stay cacheable; the admin keeps Django's CSRF protection.
"""

from functools import wraps
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.views.decorators.csrf import csrf_exempt


def is_cross_site(request):
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    return urlsplit(origin).netloc != request.get_host()


def public_form(view):
    """For views that take a public form: refuses a POST from another site with 403."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.method == "POST" and is_cross_site(request):
            raise PermissionDenied("posted from another site")
        return view(request, *args, **kwargs)

    guarded.refuses_cross_site_posts = True
    return csrf_exempt(guarded)
