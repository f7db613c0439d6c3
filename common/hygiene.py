"""Requests that no view can do anything with are refused before they reach one."""

from django.core.exceptions import BadRequest


class RequestHygieneMiddleware:
    """Reads forms as UTF-8 whatever they claim to be, and refuses NUL bytes in addresses with 400."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # A client may name another charset for its form, in which text decodes to what no
        # database can hold. Browsers send what our pages are in.
        request.encoding = "utf-8"
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL byte in address")
