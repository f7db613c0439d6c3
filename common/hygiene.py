"""Requests that no view can do anything with are refused, or mended, before they reach one."""

import re

from django.core.exceptions import BadRequest

_CHARSET = re.compile(r";\s*charset=[^;]*", re.IGNORECASE)


def read_as_utf8(application):
    """A WSGI application that reads forms as UTF-8 whatever charset they claim to be in.

    Browsers send what our pages are in. Others name charsets that decode to what no database can
    hold, or to no text at all, where Django fails before any middleware could answer.
    """

    def reads_utf8(environ, *start_response):
        if content_type := environ.get("CONTENT_TYPE"):
            environ["CONTENT_TYPE"] = _CHARSET.sub("", content_type)
        return application(environ, *start_response)

    return reads_utf8


class RequestHygieneMiddleware:
    """Refuses NUL bytes in addresses with 400."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL byte in address")
