"""What a visitor sees while the database is away or a disk full: a 503 that says so, never a false thank-you."""

import errno
import logging

from django.db import InterfaceError, OperationalError
from django.shortcuts import render

OUTAGE = (OperationalError, InterfaceError)
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
RETRY_AFTER_S = 30
logger = logging.getLogger(__name__)


class DatabaseOutageMiddleware:
    """Answers 503 with Retry-After where a view could not reach the database.

    OperationalError covers a server that is down, refuses connections, or made a statement
    wait longer than `lock_timeout`. Nothing was committed, so nothing was acknowledged.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, OUTAGE):
            logger.error("Database unavailable: %s", type(exception).__name__)
        elif isinstance(exception, OSError) and exception.errno in NO_ROOM:
            logger.error("No room on the disk")
        else:
            return None
        return unavailable(request)


def unavailable(request):
    """The 503 page. Its template must not query the database.

    >>> unavailable(request).headers["Retry-After"]
    '30'
    """
    response = render(request, "503.html", {"typed": _typed(request)}, status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    response.headers["Cache-Control"] = "no-store"
    return response


def _typed(request):
    """What stood in a public form, as pairs of name and value, for a button that sends it again.

    Not where there were files: a page cannot keep those, the form to go back to does.
    """
    view = getattr(request.resolver_match, "func", None)
    if not getattr(view, "refuses_cross_site_posts", False) or request.FILES:
        return []
    return [(name, value) for name, values in request.POST.lists() for value in values]
