"""Answers that several apps give."""

from functools import wraps

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse


def see_other(name, *args, query=""):
    """303 to a named address, after something was stored. `query` starts with `?` or `#`."""
    return HttpResponseRedirect(reverse(name, args=args) + query, status=303)


def private_page(view):
    """For pages reached by a token: kept by no cache, listed by no search engine."""

    @wraps(view)
    def unlisted(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return unlisted


def open_data(fresh_s):
    """For what pages of other sites may read: numbers and lists that are public anyway.

    Never with credentials. Caches may keep an answer for `fresh_s` seconds.
    """

    def decorate(view):
        @wraps(view)
        def shared(request, *args, **kwargs):
            if request.method == "OPTIONS":
                response = _preflight()
            else:
                response = view(request, *args, **kwargs)
                response["Cache-Control"] = f"public, max-age={fresh_s}"
            response["Access-Control-Allow-Origin"] = "*"
            response["Cross-Origin-Resource-Policy"] = "cross-origin"
            return response

        return shared

    return decorate


def _preflight():
    """What a browser asks before a script may send headers of its own."""
    headers = {
        "Access-Control-Allow-Methods": "GET, HEAD",
        "Access-Control-Allow-Headers": "*",
        "Access-Control-Max-Age": "86400",  # seconds
    }
    return HttpResponse(status=204, headers=headers)
