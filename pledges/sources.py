"""Which link brought somebody here: `utm_source`, as newsletters and networks mark their links.

Pages are cached and the same whatever stands in their address, so the form cannot carry it. The
browser does: with a POST it sends the address of our page as the Referer, to nobody but us.
"""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

PARAMETER = "utm_source"
_SOURCE = re.compile(r"[a-z0-9_.-]{1,40}")


def of(request):
    """The source of a posted form, or "": strangers write it, and staff read it."""
    marked = request.GET.get(PARAMETER) or _of_page(request)
    return marked.lower() if _SOURCE.fullmatch(marked.lower()) else ""


def query(source):
    """Carries it on where the address of a page no longer does."""
    return f"?{urlencode({PARAMETER: source})}" if source else ""


def _of_page(request):
    try:
        page = urlsplit(request.headers.get("Referer", ""))
        marked = parse_qs(page.query, max_num_fields=20).get(PARAMETER, [""])
    except ValueError:
        return ""
    return marked[0] if page.netloc == request.get_host() else ""
