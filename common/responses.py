"""Answers that several apps give."""

from functools import wraps

from django.http import HttpResponseRedirect
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
