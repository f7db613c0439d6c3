"""Every address of the site, as the URL configuration knows it, with values put in."""

import re

from django.urls import get_resolver

_CONVERTER = re.compile(r"<(?:(\w+):)?(\w+)>")
_GROUP = re.compile(r"\((?:\?P<\w+>)?([^()]*)\)")


def routes(patterns=None, prefix="/"):
    """Templates of addresses: `/join/<str:code>/`; groups of regular expressions become `<str:n>`."""
    for pattern in patterns or get_resolver().url_patterns:
        route = prefix + _GROUP.sub("<str:group>", str(pattern.pattern)).strip("^$").replace(
            "/^", "/"
        )
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route.replace("$", "")


def parts(route):
    """The route cut at its converters: texts, and pairs of converter and name, in turns.

    >>> parts("/join/<str:code>/")
    ['/join/', ('str', 'code'), '/']
    """
    found, at = [], 0
    for match in _CONVERTER.finditer(route):
        found += [route[at : match.start()], (match[1] or "str", match[2])]
        at = match.end()
    return [*found, route[at:]]
