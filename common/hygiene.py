"""Requests that no view can do anything with are refused before they reach one."""

from django.core.exceptions import BadRequest


class RequestHygieneMiddleware:
    """Refuses NUL bytes in path and query with 400: PostgreSQL text cannot hold them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL byte in address")
