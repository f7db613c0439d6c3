"""What a visitor sees while the database is away: a 503 that says so, never a false thank-you."""

import logging

from django.db import InterfaceError, OperationalError
from django.shortcuts import render

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
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        logger.error("Database unavailable: %s", type(exception).__name__)
        return unavailable(request)


def unavailable(request):
    """The 503 page. Its template must not query the database.

    >>> unavailable(request).headers["Retry-After"]
    '30'
    """
    response = render(request, "503.html", {"request": request}, status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    response.headers["Cache-Control"] = "no-store"
    return response
